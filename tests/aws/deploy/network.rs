//! Who reaches whom, what Hermes is told, and how it scales.

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::{Value, json};

use super::template::{Template, mentions};
use crate::trial::Ignored;

trials![
    nothing_comes_in_to_an_edit_container,
    hermes_is_reached_by_the_load_balancer_on_its_port_only,
    workspaces_are_reached_by_edit_containers_only,
    the_load_balancer_asks_for_health_where_it_is,
    every_setting_that_hermes_is_given_is_one_of_its_own,
    the_edit_service_stays_at_zero_and_nothing_scales_it,
    a_deployment_that_fails_goes_back,
];

fn ports(rules: &Value) -> BTreeSet<u64> {
    let rules = rules.as_array().into_iter().flatten();
    let rules = rules.map(|rule| rule.get("Fn::If").map_or(rule, |sides| &sides[1]));
    rules
        .map(|rule| {
            assert_eq!(rule["FromPort"], rule["ToPort"], "{rule}");
            rule["FromPort"].as_u64().unwrap()
        })
        .collect()
}

async fn nothing_comes_in_to_an_edit_container() -> Result<(), Ignored> {
    let hermes = Template::read("hermes")?;
    let group = hermes.properties("EditSecurityGroup");
    assert_eq!(group.get("SecurityGroupIngress"), None);
    assert_eq!(
        ports(&group["SecurityGroupEgress"]),
        BTreeSet::from([22, 443, 2049])
    );
    for (name, rule) in hermes.of_type("AWS::EC2::SecurityGroupIngress") {
        assert!(!mentions(&rule["GroupId"], "EditSecurityGroup"), "{name}");
    }
    let task = hermes.properties("EditTask");
    for container in task["ContainerDefinitions"].as_array().unwrap() {
        assert_eq!(container.get("PortMappings"), None);
        // an init process would show an agent the environment that the worker hides
        assert_eq!(container.get("LinuxParameters"), None);
    }
    let network = &hermes.properties("EditService")["NetworkConfiguration"]["AwsvpcConfiguration"];
    assert_eq!(
        network["SecurityGroups"],
        json!([{"Ref": "EditSecurityGroup"}])
    );
    Ok(())
}

async fn hermes_is_reached_by_the_load_balancer_on_its_port_only() -> Result<(), Ignored> {
    let hermes = Template::read("hermes")?;
    let group = hermes.properties("ServiceSecurityGroup");
    let rules = group["SecurityGroupIngress"].as_array().unwrap();
    assert_eq!(rules.len(), 1);
    assert_eq!(
        (&rules[0]["FromPort"], &rules[0]["ToPort"]),
        (&json!(3000), &json!(3000))
    );
    assert_eq!(
        rules[0]["SourceSecurityGroupId"],
        json!({"Ref": "LoadBalancerSecurityGroup"})
    );
    assert_eq!(ports(&group["SecurityGroupEgress"]), BTreeSet::from([443]));
    Ok(())
}

async fn workspaces_are_reached_by_edit_containers_only() -> Result<(), Ignored> {
    let hermes = Template::read("hermes")?;
    let rules = hermes.of_type("AWS::EC2::SecurityGroupIngress");
    assert_eq!(rules.len(), 1);
    let (_, rule) = rules[0];
    assert_eq!(
        (&rule["FromPort"], &rule["ToPort"]),
        (&json!(2049), &json!(2049))
    );
    assert!(mentions(&rule["GroupId"], "FileSystemSecurityGroup"));
    assert!(mentions(
        &rule["SourceSecurityGroupId"],
        "EditSecurityGroup"
    ));
    Ok(())
}

async fn the_load_balancer_asks_for_health_where_it_is() -> Result<(), Ignored> {
    let hermes = Template::read("hermes")?;
    let group = hermes.properties("TargetGroup");
    assert_eq!(
        (&group["HealthCheckPath"], &group["Port"]),
        (&json!("/hermes/health"), &json!(3000))
    );
    let rule = hermes.properties("ListenerRule");
    let paths = &rule["Conditions"][0]["PathPatternConfig"]["Values"];
    assert!(paths.as_array().unwrap().contains(&json!("/hermes/*")));
    Ok(())
}

async fn every_setting_that_hermes_is_given_is_one_of_its_own() -> Result<(), Ignored> {
    let hermes = Template::read("hermes")?;
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_hermes"))
        .args(["config", "--json"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    let settings = told["settings"].as_array().or(told.as_array()).unwrap();
    let known: BTreeSet<&str> = settings
        .iter()
        .map(|setting| setting["name"].as_str().unwrap())
        .collect();
    let container = &hermes.properties("ServiceTask")["ContainerDefinitions"][0];
    let mut given = 0;
    for list in ["Environment", "Secrets"] {
        for entry in container[list].as_array().unwrap() {
            let entry = entry.get("Fn::If").map_or(entry, |sides| &sides[1]);
            let name = entry["Name"].as_str().unwrap();
            assert!(known.contains(name), "{name} is no setting of Hermes");
            given += 1;
        }
    }
    assert!(given >= 20, "{given}");
    Ok(())
}

async fn the_edit_service_stays_at_zero_and_nothing_scales_it() -> Result<(), Ignored> {
    let hermes = Template::read("hermes")?;
    assert_eq!(hermes.properties("EditService")["DesiredCount"], json!(0));
    let targets = hermes.of_type("AWS::ApplicationAutoScaling::ScalableTarget");
    assert_eq!(targets.len(), 1);
    let (_, target) = targets[0];
    assert!(
        mentions(&target["ResourceId"], "Service")
            && !mentions(&target["ResourceId"], "EditService")
    );
    assert_eq!(
        (&target["MinCapacity"], &target["MaxCapacity"]),
        (&json!({"Ref": "MinTasks"}), &json!(2))
    );
    Ok(())
}

async fn a_deployment_that_fails_goes_back() -> Result<(), Ignored> {
    let hermes = Template::read("hermes")?;
    let service = hermes.properties("Service");
    let deployment = &service["DeploymentConfiguration"];
    assert_eq!(
        deployment["DeploymentCircuitBreaker"],
        json!({"Enable": true, "Rollback": true})
    );
    assert_eq!(deployment["MinimumHealthyPercent"], json!(100));
    assert_eq!(
        service.get("DesiredCount"),
        None,
        "it belongs to the scaling"
    );
    let stop = hermes.properties("ServiceTask")["ContainerDefinitions"][0]["StopTimeout"].as_u64();
    assert!(
        stop.unwrap() > 25,
        "Hermes stops by itself within 25 seconds"
    );
    Ok(())
}
