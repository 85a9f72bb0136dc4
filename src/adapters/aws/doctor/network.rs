//! Subnets and security groups of edit containers.

use std::collections::HashSet;

use roxmltree::{Document, Node};

use super::super::signed::EC2;
use super::facts::{Facts, Reason};
use crate::domain::check::Check;
use crate::ports::fault::{Fault, FaultKind};

/// NFS, by which tasks of one group may share a file system.
const NFS: &str = "2049";
/// A subnet with fewer free addresses soon has none for a task.
const FEW_ADDRESSES: u32 = 8;

/// What tasks are placed in.
struct Network {
    subnets: Vec<String>,
    groups: Vec<String>,
}

pub(super) async fn look(facts: &Facts) -> Vec<Check> {
    let network = match network(facts).await {
        Ok(network) => network,
        Err(reason) => return vec![reason.unknown("network", "ecs:DescribeServices")],
    };
    let (mut checks, vpc) = subnets(facts, &network.subnets).await;
    checks.extend(groups(facts, &network.groups, vpc.as_deref()).await);
    checks
}

/// The settings first, then the edit service, as the fleet takes them.
async fn network(facts: &Facts) -> Result<Network, Reason> {
    let settings = facts.settings();
    let mut network = Network {
        subnets: settings.subnets.clone(),
        groups: settings.security_groups.clone(),
    };
    if network.subnets.is_empty() || network.groups.is_empty() {
        let service = facts.service().await.as_ref().map_err(Clone::clone)?;
        let vpc = service
            .as_ref()
            .and_then(|service| service.network_configuration())
            .and_then(|network| network.awsvpc_configuration());
        if let Some(vpc) = vpc {
            if network.subnets.is_empty() {
                network.subnets = vpc.subnets().to_vec();
            }
            if network.groups.is_empty() {
                network.groups = vpc.security_groups().to_vec();
            }
        }
    }
    Ok(network)
}

fn filter(name: &str, values: &[String]) -> Vec<(String, String)> {
    let first = ("Filter.1.Name".to_owned(), name.to_owned());
    let values = values
        .iter()
        .zip(1..)
        .map(|(value, n)| (format!("Filter.1.Value.{n}"), value.clone()));
    std::iter::once(first).chain(values).collect()
}

/// The rows of the subnets, and the network they are in.
async fn subnets(facts: &Facts, ids: &[String]) -> (Vec<Check>, Option<String>) {
    const NAME: &str = "subnets";
    const FIX: &str = "set ECS_SUBNETS, or give the edit service subnets that exist in this region, all of one VPC";
    if ids.is_empty() {
        return (
            vec![Check::wrong(NAME, "none are named: no task can start", FIX)],
            None,
        );
    }
    let question = filter("subnet-id", ids);
    let answer = facts.signed.query(EC2, "DescribeSubnets", &question);
    let found = read(answer.await, "subnetSet", |item| Subnet {
        id: text(item, "subnetId"),
        vpc: text(item, "vpcId"),
        state: text(item, "state"),
        free: text(item, "availableIpAddressCount").parse().ok(),
    });
    let found = match found {
        Ok(found) => found,
        Err(reason) => {
            return (vec![reason.unknown(NAME, "ec2:DescribeSubnets")], None);
        }
    };
    let vpcs: HashSet<&str> = found.iter().map(|subnet| subnet.vpc.as_str()).collect();
    let mut checks: Vec<Check> = ids
        .iter()
        .map(|id| subnet(id, found.iter().find(|subnet| subnet.id == *id), FIX))
        .collect();
    if vpcs.len() > 1 {
        checks.push(Check::wrong(NAME, "they are in several VPCs", FIX));
    }
    let vpc = found.first().map(|subnet| subnet.vpc.clone());
    (checks, vpc)
}

struct Subnet {
    id: String,
    vpc: String,
    state: String,
    free: Option<u32>,
}

fn subnet(id: &str, found: Option<&Subnet>, fix: &str) -> Check {
    let name = format!("subnet {id}");
    match found {
        None => Check::wrong(name, "there is none of this id in this region", fix),
        Some(subnet) if subnet.state != "available" => {
            Check::wrong(name, format!("its state is {}", subnet.state), fix)
        }
        Some(Subnet {
            free: Some(free), ..
        }) if *free < FEW_ADDRESSES => Check::wrong(
            name,
            format!("only {free} addresses are free, and each task takes one"),
            "add a larger subnet to the edit service or to ECS_SUBNETS",
        ),
        Some(subnet) => Check::ok(name, format!("available in {}", subnet.vpc)),
    }
}

async fn groups(facts: &Facts, ids: &[String], vpc: Option<&str>) -> Vec<Check> {
    const NAME: &str = "security groups";
    const FIX: &str =
        "set ECS_SECURITY_GROUPS, or give the edit service groups that exist in the subnets' VPC";
    if ids.is_empty() {
        return vec![Check::wrong(
            NAME,
            "none are named: tasks take the VPC's default group, which lets its members in",
            FIX,
        )];
    }
    let question = filter("group-id", ids);
    let answer = facts.signed.query(EC2, "DescribeSecurityGroups", &question);
    let found = read(answer.await, "securityGroupInfo", |item| Group {
        id: text(item, "groupId"),
        vpc: text(item, "vpcId"),
        open: open_doors(item),
    });
    let found = match found {
        Ok(found) => found,
        Err(reason) => {
            return vec![reason.unknown(NAME, "ec2:DescribeSecurityGroups")];
        }
    };
    ids.iter()
        .map(|id| group(id, found.iter().find(|group| group.id == *id), vpc, FIX))
        .collect()
}

struct Group {
    id: String,
    vpc: String,
    /// Ports that others may reach.
    open: Vec<String>,
}

fn group(id: &str, found: Option<&Group>, vpc: Option<&str>, fix: &str) -> Check {
    let name = format!("security group {id}");
    let Some(group) = found else {
        return Check::wrong(name, "there is none of this id in this region", fix);
    };
    if vpc.is_some_and(|vpc| vpc != group.vpc) {
        let detail = format!("it is in {}, the subnets are not", group.vpc);
        return Check::wrong(name, detail, fix);
    }
    if group.open.is_empty() {
        return Check::ok(name, "lets nobody in");
    }
    Check::wrong(
        name,
        format!("lets others in on {}", group.open.join(", ")),
        "take its inbound rules away: edit containers listen nowhere (a file system's own group lets them in on 2049)",
    )
}

/// What a group lets in; the port of a shared file system is no door.
fn open_doors(group: Node<'_, '_>) -> Vec<String> {
    let rules = child(group, "ipPermissions");
    let rules = rules.into_iter().flat_map(items);
    rules
        .filter_map(|rule| {
            let (protocol, from, to) = (
                text(rule, "ipProtocol"),
                text(rule, "fromPort"),
                text(rule, "toPort"),
            );
            match (protocol.as_str(), from.as_str(), to.as_str()) {
                ("tcp", NFS, NFS) => None,
                ("-1", _, _) => Some("every port".to_owned()),
                (_, from, to) if from == to => Some(format!("{protocol} {from}")),
                (_, from, to) => Some(format!("{protocol} {from} to {to}")),
            }
        })
        .collect()
}

/// The items of a set in an answer.
fn read<T>(
    answer: Result<String, Fault>,
    set: &str,
    item: impl Fn(Node<'_, '_>) -> T,
) -> Result<Vec<T>, Reason> {
    let body = answer?;
    let unreadable = Reason {
        kind: FaultKind::Broken,
        text: "the answer cannot be read".to_owned(),
    };
    let Ok(document) = Document::parse(&body) else {
        return Err(unreadable);
    };
    let mut nodes = document.descendants();
    let set = nodes.find(|node| node.tag_name().name() == set);
    let set = set.ok_or(unreadable)?;
    Ok(items(set).map(item).collect())
}

fn items<'a, 'i>(set: Node<'a, 'i>) -> impl Iterator<Item = Node<'a, 'i>> {
    set.children()
        .filter(|node| node.tag_name().name() == "item")
}

fn child<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    node.children().find(|node| node.tag_name().name() == name)
}

fn text(node: Node<'_, '_>, name: &str) -> String {
    let text = child(node, name).and_then(|node| node.text());
    text.unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn open_doors_are_told_and_a_shared_file_system_is_none() {
        let body = r#"<DescribeSecurityGroupsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><securityGroupInfo>
            <item><groupId>sg-1</groupId><vpcId>vpc-1</vpcId><ipPermissions>
              <item><ipProtocol>tcp</ipProtocol><fromPort>2049</fromPort><toPort>2049</toPort></item>
              <item><ipProtocol>tcp</ipProtocol><fromPort>80</fromPort><toPort>90</toPort></item>
              <item><ipProtocol>-1</ipProtocol></item></ipPermissions>
              <ipPermissionsEgress><item><ipProtocol>-1</ipProtocol></item></ipPermissionsEgress></item>
            <item><groupId>sg-2</groupId><vpcId>vpc-1</vpcId><ipPermissions/></item>
            </securityGroupInfo></DescribeSecurityGroupsResponse>"#;
        let doors = read(Ok(body.to_owned()), "securityGroupInfo", |item| {
            (text(item, "groupId"), open_doors(item))
        });
        assert_eq!(
            doors.unwrap(),
            [
                (
                    "sg-1".to_owned(),
                    vec!["tcp 80 to 90".to_owned(), "every port".to_owned()]
                ),
                ("sg-2".to_owned(), vec![])
            ]
        );
    }
}
