//! Templates as JSON, as their linter reads them.

use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use serde_json::{Map, Value};

use crate::support::python;
use crate::trial::Ignored;

/// Every template, by its name without ending.
pub(super) const TEMPLATES: [&str; 6] = [
    "client",
    "hermes",
    "load-balancer",
    "monitoring",
    "records",
    "registry",
];

/// Reads files and prints them as a list.
const READ: &str = "\
import json, sys
from cfnlint.decode import cfn_yaml
json.dump([cfn_yaml.load(path) for path in sys.argv[1:]], sys.stdout)
";

static READ_ONCE: OnceLock<Result<Vec<Value>, Ignored>> = OnceLock::new();

fn read_all() -> Result<Vec<Value>, Ignored> {
    let output = Command::new(linter()?.join("python"))
        .args(["-c", READ])
        .args(TEMPLATES.map(path))
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    Ok(serde_json::from_slice(&output.stdout).unwrap())
}

pub(super) fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("config/aws/{name}.yaml"))
}

/// The programs of the linter.
pub(super) fn linter() -> Result<PathBuf, Ignored> {
    python::environment("cfn-lint", include_str!("cfn-lint.txt"))
}

/// A template with its short forms written out: `!Ref x` is `{"Ref": "x"}`.
#[derive(Debug, Clone)]
pub(super) struct Template(pub(super) Value);

impl Template {
    pub(super) fn read(name: &str) -> Result<Self, Ignored> {
        let all = READ_ONCE.get_or_init(read_all).as_ref();
        let all = all.map_err(Clone::clone)?;
        let place = TEMPLATES.iter().position(|one| *one == name).unwrap();
        Ok(Self(all[place].clone()))
    }

    pub(super) fn resources(&self) -> &Map<String, Value> {
        self.0["Resources"].as_object().unwrap()
    }

    pub(super) fn properties(&self, resource: &str) -> &Value {
        let found = &self.0["Resources"][resource]["Properties"];
        assert!(found.is_object(), "no resource {resource}");
        found
    }

    /// The resources of a type, by their names.
    pub(super) fn of_type(&self, kind: &str) -> Vec<(&str, &Value)> {
        let all = self.resources().iter();
        all.filter(|(_, resource)| resource["Type"] == kind)
            .map(|(name, resource)| (name.as_str(), &resource["Properties"]))
            .collect()
    }

    /// The statements of a role's own policies, also of those that depend on a condition.
    pub(super) fn statements(&self, role: &str) -> Vec<Value> {
        let policies = self.properties(role)["Policies"].as_array();
        let policies = policies.into_iter().flatten().flat_map(chosen);
        policies
            .flat_map(|policy| list(&policy["PolicyDocument"]["Statement"]))
            .collect()
    }

    /// Takes resources out, with all that is of no use without them.
    pub(super) fn without(&mut self, unwanted: impl Fn(&str, &Value) -> bool) {
        let resources = self.0["Resources"].as_object_mut().unwrap();
        let mut gone = Vec::new();
        resources.retain(|name, resource| {
            let stays = !unwanted(name, resource);
            if !stays {
                gone.push(name.clone());
            }
            stays
        });
        for resource in resources.values_mut() {
            if let Some(before) = resource.get_mut("DependsOn").and_then(Value::as_array_mut) {
                before.retain(|name| !gone.iter().any(|gone| name == gone));
            }
        }
        if let Some(outputs) = self.0.get_mut("Outputs").and_then(Value::as_object_mut) {
            outputs.retain(|_, output| !gone.iter().any(|gone| mentions(output, gone)));
        }
    }
}

/// Whether a value refers to a resource or parameter.
pub(super) fn mentions(value: &Value, name: &str) -> bool {
    let text = value.to_string();
    [
        format!("{{\"Ref\":\"{name}\"}}"),
        format!("\"Fn::GetAtt\":[\"{name}\""),
        format!("${{{name}}}"),
        format!("${{{name}."),
    ]
    .iter()
    .any(|form| text.contains(form.as_str()))
}

/// A value, or both sides of an `Fn::If`.
fn chosen(value: &Value) -> Vec<Value> {
    match value.get("Fn::If") {
        None => vec![value.clone()],
        Some(choice) => list(choice)
            .into_iter()
            .skip(1)
            .filter(|side| side.get("Ref").is_none())
            .collect(),
    }
}

/// A list; what is not one is a list of itself.
pub(super) fn list(value: &Value) -> Vec<Value> {
    match value {
        Value::Array(values) => values.clone(),
        Value::Null => Vec::new(),
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
            vec![value.clone()]
        }
    }
}

/// The texts of a list or of a single text.
pub(super) fn texts(value: &Value) -> Vec<String> {
    let values = list(value);
    let text = |value: &Value| {
        value
            .as_str()
            .map_or_else(|| value.to_string(), ToOwned::to_owned)
    };
    values.iter().map(text).collect()
}
