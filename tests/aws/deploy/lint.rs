//! What the linters say, and what AWS takes.

use std::process::Command;

use super::template::{TEMPLATES, Template, linter, path};
use crate::support::python;
use crate::trial::Ignored;

trials![
    every_template_passes_its_linter,
    every_script_and_the_dockerfile_pass_their_linters,
    every_template_can_be_sent_as_it_is,
    every_parameter_without_a_default_is_explained_by_its_name_or_its_description,
];

async fn every_template_passes_its_linter() -> Result<(), Ignored> {
    let output = Command::new(linter()?.join("cfn-lint"))
        .args(["--regions", "us-west-2", "--"])
        .args(TEMPLATES.map(path))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    Ok(())
}

async fn every_script_and_the_dockerfile_pass_their_linters() -> Result<(), Ignored> {
    let linters = python::environment("linters", include_str!("linters.txt"))?;
    let scripts = [
        "build-and-push.sh",
        "config/aws/client-hash.sh",
        "config/aws/set-version.sh",
    ];
    for (linter, files) in [
        ("shellcheck", scripts.as_slice()),
        ("hadolint", &["Dockerfile"]),
    ] {
        let output = Command::new(linters.join(linter))
            .args(files)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{linter}: {said}");
    }
    Ok(())
}

/// Above this size a template must be put into a bucket first.
const LARGEST: u64 = 51_200;

async fn every_template_can_be_sent_as_it_is() {
    for name in TEMPLATES {
        let size = path(name).metadata().unwrap().len();
        assert!(size <= LARGEST, "{name} has {size} bytes");
    }
    let folder = path("hermes").parent().unwrap().read_dir().unwrap();
    let files = folder.filter(|file| {
        let path = file.as_ref().unwrap().path();
        path.extension().is_some_and(|ending| ending == "yaml")
    });
    assert_eq!(files.count(), TEMPLATES.len(), "a template is not tested");
}

async fn every_parameter_without_a_default_is_explained_by_its_name_or_its_description()
-> Result<(), Ignored> {
    for name in TEMPLATES {
        let template = Template::read(name)?;
        let Some(parameters) = template.0["Parameters"].as_object() else {
            continue;
        };
        for (parameter, definition) in parameters {
            let kind = definition["Type"].as_str().unwrap();
            assert!(
                definition.get("Default").is_some()
                    || definition.get("Description").is_some()
                    || kind.contains("AWS::EC2::"),
                "{name}: {parameter}"
            );
        }
    }
    Ok(())
}
