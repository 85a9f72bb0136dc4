//! Mail out by SES, and the way in.

use aws_sdk_sesv2::types::DkimStatus;
use roxmltree::Document;

use super::super::fault::fault;
use super::super::signed::SES;
use super::edit::is_code;
use super::facts::{Facts, Reason};
use super::resources::domain_of;
use crate::domain::check::Check;

/// The account, the sender and the configuration set.
pub(super) async fn out(facts: &Facts) -> Vec<Check> {
    if !facts.case.sends_by_ses {
        return Vec::new();
    }
    let mut checks = account(facts).await;
    checks.extend(sender(facts).await);
    if let Some(set) = &facts.settings().configuration_set {
        checks.push(configuration_set(facts, set).await);
    }
    checks
}

async fn account(facts: &Facts) -> Vec<Check> {
    const NAME: &str = "SES account";
    let account = match facts.clients.ses.get_account().send().await {
        Ok(account) => account,
        Err(error) => {
            let reason = Reason::from(fault("ses.get_account")(error));
            return vec![reason.unknown(NAME, "ses:GetAccount")];
        }
    };
    let standing = if account.sending_enabled() {
        Check::ok(NAME, "may send")
    } else {
        Check::wrong(
            NAME,
            format!(
                "sending is paused (status {})",
                account.enforcement_status().unwrap_or("unknown")
            ),
            "see SES, Account dashboard, and answer AWS's mail about bounces or complaints",
        )
    };
    let sandbox = if account.production_access_enabled() {
        Check::ok("SES sandbox", "the account is out of it")
    } else {
        Check::wrong(
            "SES sandbox",
            "the account is in it: only verified addresses get answers, 200 a day",
            "ask for production access (SES, Account dashboard, or aws sesv2 put-account-details); till then verify each address that is to be answered",
        )
    };
    vec![standing, sandbox]
}

/// The address itself may be verified, or its domain; the address counts first, as for SES.
async fn sender(facts: &Facts) -> Vec<Check> {
    let address = &facts.case.mail_address;
    let domain = domain_of(address);
    let name = format!("sender {address}");
    let region = &facts.settings().region;
    let mut unverified = None;
    for identity in [address.as_str(), domain] {
        let question = facts.clients.ses.get_email_identity();
        match question.email_identity(identity).send().await {
            Ok(found) if found.verified_for_sending_status() => {
                let dkim = found.dkim_attributes().and_then(|dkim| dkim.status());
                let verified = Check::ok(name, format!("{identity} is verified in {region}"));
                return vec![verified, dkim_row(identity, domain, dkim)];
            }
            Ok(_) => unverified = unverified.or(Some(identity)),
            Err(error) if is_code(&error, &["NotFoundException"]) => {}
            Err(error) => {
                let reason = Reason::from(fault("ses.get_email_identity")(error));
                return vec![reason.unknown(name, "ses:GetEmailIdentity")];
            }
        }
    }
    vec![match unverified {
        Some(identity) => Check::wrong(
            name,
            format!("{identity} is in SES of {region}, but not verified"),
            "for a domain, put the three CNAME records that SES shows into its DNS; for an address, follow the link in the mail it got",
        ),
        None => Check::wrong(
            name,
            format!("neither {address} nor {domain} is known to SES of {region}"),
            format!(
                "aws sesv2 create-email-identity --region {region} --email-identity {domain}, then put its three CNAME records into the DNS"
            ),
        ),
    }]
}

/// Without DKIM, answers end in spam folders, and DMARC fails them.
fn dkim_row(identity: &str, domain: &str, status: Option<&DkimStatus>) -> Check {
    let name = format!("DKIM of {domain}");
    match status {
        Some(DkimStatus::Success) => Check::ok(name, "answers are signed"),
        _ if identity != domain => Check::wrong(
            name,
            "only the address is verified, so answers are not signed by its domain",
            format!("verify {domain} in SES, with its three CNAME records"),
        ),
        status => Check::wrong(
            name,
            format!(
                "its status is {}",
                status.map_or("unknown", DkimStatus::as_str)
            ),
            "put the three CNAME records that SES shows into the domain's DNS",
        ),
    }
}

async fn configuration_set(facts: &Facts, set: &str) -> Check {
    let name = format!("configuration set {set}");
    let question = facts.clients.ses.get_configuration_set();
    match question.configuration_set_name(set).send().await {
        Ok(_) => Check::ok(name, "is there"),
        Err(error) if is_code(&error, &["NotFoundException"]) => Check::wrong(
            name,
            "there is none: every answer is refused",
            "make it, or leave HERMES_SES_CONFIGURATION_SET out",
        ),
        Err(error) => {
            let reason = Reason::from(fault("ses.get_configuration_set")(error));
            reason.unknown(name, "ses:GetConfigurationSet")
        }
    }
}

/// The receipt rule and the MX record.
pub(super) async fn inward(facts: &Facts) -> Vec<Check> {
    let address = &facts.case.mail_address;
    let (domain, region) = (domain_of(address), &facts.settings().region);
    vec![
        receipt_rule(facts, address).await,
        Check::unknown(
            format!("MX record of {domain}"),
            "the DNS is not asked",
            format!("dig +short MX {domain} must say 10 inbound-smtp.{region}.amazonaws.com."),
        ),
    ]
}

/// No stack can activate a rule set, so this is the step that is forgotten.
async fn receipt_rule(facts: &Facts, address: &str) -> Check {
    const NAME: &str = "receipt rule";
    const ACTIVATE: &str = "aws ses set-active-receipt-rule-set --rule-set-name NAME (a stack makes the rule set, and cannot activate it)";
    let asked = facts.signed.query(SES, "DescribeActiveReceiptRuleSet", &[]);
    let body = match asked.await {
        Ok(body) => body,
        Err(fault) => {
            let reason = Reason::from(fault);
            return reason.unknown(NAME, "ses:DescribeActiveReceiptRuleSet");
        }
    };
    let Some((set, rules)) = rules(&body) else {
        return Check::wrong(
            NAME,
            "no rule set is active: SES takes no mail in",
            ACTIVATE,
        );
    };
    let ours = |rule: &&Rule| rule.takes(address);
    match rules.iter().find(|rule| rule.enabled && ours(rule)) {
        Some(rule) => Check::ok(NAME, format!("{} of rule set {set}", rule.name)),
        None if rules.iter().any(|rule| ours(&rule)) => Check::wrong(
            NAME,
            format!("the rule for {address} in rule set {set} is switched off"),
            "switch it on (SES, Email receiving)",
        ),
        None => Check::wrong(
            NAME,
            format!("the active rule set {set} has no rule for {address}"),
            format!("add the rule to it, or activate the stack's own: {ACTIVATE}"),
        ),
    }
}

struct Rule {
    name: String,
    enabled: bool,
    recipients: Vec<String>,
}

impl Rule {
    /// Without recipients a rule takes all mail; a domain takes its addresses, and `.domain` those of its subdomains.
    fn takes(&self, address: &str) -> bool {
        let domain = domain_of(address);
        self.recipients.is_empty()
            || self.recipients.iter().any(|recipient| {
                recipient.eq_ignore_ascii_case(address)
                    || recipient.eq_ignore_ascii_case(domain)
                    || (recipient.starts_with('.') && domain.ends_with(recipient.as_str()))
            })
    }
}

/// The active rule set's name and its rules; `None` when none is active.
fn rules(body: &str) -> Option<(String, Vec<Rule>)> {
    let document = Document::parse(body).ok()?;
    let root = document.root_element();
    let find = |node: roxmltree::Node<'_, '_>, name: &str| {
        let mut nodes = node.descendants();
        let found = nodes.find(|node| node.tag_name().name() == name);
        found.and_then(|node| node.text()).map(str::to_owned)
    };
    let mut nodes = root.descendants();
    let metadata = nodes.find(|node| node.tag_name().name() == "Metadata")?;
    let set = find(metadata, "Name")?;
    let list = root
        .descendants()
        .find(|node| node.tag_name().name() == "Rules");
    let rules = list
        .into_iter()
        .flat_map(|list| list.children())
        .filter(|node| node.tag_name().name() == "member")
        .map(|rule| {
            let own = |name: &str| {
                let mut children = rule.children();
                children.find(|node| node.tag_name().name() == name)
            };
            Rule {
                name: own("Name")
                    .and_then(|node| node.text())
                    .unwrap_or_default()
                    .to_owned(),
                enabled: own("Enabled").and_then(|node| node.text()) == Some("true"),
                recipients: own("Recipients")
                    .into_iter()
                    .flat_map(|list| list.children())
                    .filter_map(|node| node.text())
                    .map(|text| text.trim().to_owned())
                    .filter(|text| !text.is_empty())
                    .collect(),
            }
        });
    Some((set, rules.collect()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::check::CheckState;

    const RULES: &str = r#"<DescribeActiveReceiptRuleSetResponse xmlns="http://ses.amazonaws.com/doc/2010-12-01/">
        <DescribeActiveReceiptRuleSetResult><Metadata><Name>hermes</Name></Metadata><Rules>
        <member><Name>old</Name><Enabled>false</Enabled><Recipients><member>edit@example.com</member></Recipients></member>
        <member><Name>mail</Name><Enabled>true</Enabled><Recipients><member>example.org</member></Recipients>
          <Actions><member><S3Action><BucketName>b</BucketName></S3Action></member></Actions></member>
        </Rules></DescribeActiveReceiptRuleSetResult></DescribeActiveReceiptRuleSetResponse>"#;

    #[test]
    fn rules_are_read_with_whom_they_take() {
        let (set, rules) = rules(RULES).unwrap();
        assert_eq!((set.as_str(), rules.len()), ("hermes", 2));
        assert!(rules[0].takes("edit@example.com") && !rules[0].enabled);
        assert!(rules[1].takes("any@example.org") && rules[1].enabled);
        assert!(!rules[1].takes("any@example.net"));
    }

    #[test]
    fn no_active_rule_set_is_seen() {
        let none = "<R><DescribeActiveReceiptRuleSetResult/></R>";
        assert!(rules(none).is_none());
    }

    #[test]
    fn an_address_alone_signs_nothing() {
        let row = dkim_row("edit@example.com", "example.com", None);
        assert_eq!(row.state, CheckState::Wrong);
        let signed = dkim_row("example.com", "example.com", Some(&DkimStatus::Success));
        assert_eq!(signed.state, CheckState::Ok);
    }
}
