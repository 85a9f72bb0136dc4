//! What cfn-lint says, and what CloudFormation takes.

use std::process::Command;

use super::template::{TEMPLATES, Template, linter, path};
use crate::trial::Ignored;

trials![
    every_template_passes_its_linter,
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

/// Above this size a template must be put into a bucket first.
const LARGEST: u64 = 51_200;

async fn every_template_can_be_sent_as_it_is() {
    for name in TEMPLATES {
        let size = path(name).metadata().unwrap().len();
        assert!(size <= LARGEST, "{name} has {size} bytes");
    }
    let folder = path("hermes").parent().unwrap().read_dir().unwrap();
    let files = folder.filter(|file| {
        let name = file.as_ref().unwrap().file_name();
        name.to_str().unwrap().ends_with(".yaml")
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
