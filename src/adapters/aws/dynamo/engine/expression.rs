//! Expressions: what DynamoDB is to check and to change, with every name and value as a placeholder.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

use super::item::{Item, VERSION, number};

/// What must hold for a write.
#[derive(Debug, Clone)]
pub(in crate::adapters::aws::dynamo) enum Condition {
    /// The item does not have this attribute; with the key's name: there is no item.
    Without(&'static str),
    /// The item's `version` is this.
    Version(u64),
    /// The item has this key attribute, and its `version` is 1 or absent: other tools write rows without one.
    FirstVersion(&'static str),
    /// The attribute has this value.
    Equal(&'static str, AttributeValue),
    /// The item does not have the attribute, or one that is not above this value.
    NotAbove(&'static str, AttributeValue),
}

impl Condition {
    /// The condition of a record that was decided from `version`; 0 for one that must not exist.
    pub(in crate::adapters::aws::dynamo) fn decided_from(version: u64) -> Self {
        if version == 0 {
            Self::Without(VERSION)
        } else {
            Self::Version(version)
        }
    }
}

/// A change of one attribute.
#[derive(Debug, Clone)]
pub(in crate::adapters::aws::dynamo) enum Edit {
    Set(AttributeValue),
    /// Set it if the item does not have it yet.
    SetIfAbsent(AttributeValue),
    Remove,
}

/// Names and values of expressions, each under a placeholder: many plain names are reserved words.
#[derive(Debug, Default)]
pub(in crate::adapters::aws::dynamo) struct Placeholders {
    pub(in crate::adapters::aws::dynamo) names: HashMap<String, String>,
    pub(in crate::adapters::aws::dynamo) values: Item,
}

impl Placeholders {
    fn name(&mut self, name: &str) -> String {
        let placeholder = format!("#n{}", self.names.len());
        self.names.insert(placeholder.clone(), name.to_owned());
        placeholder
    }

    fn value(&mut self, value: AttributeValue) -> String {
        let placeholder = format!(":v{}", self.values.len());
        self.values.insert(placeholder.clone(), value);
        placeholder
    }

    /// The text of a condition.
    pub(in crate::adapters::aws::dynamo) fn condition(&mut self, condition: Condition) -> String {
        match condition {
            Condition::Without(attribute) => {
                format!("attribute_not_exists({})", self.name(attribute))
            }
            Condition::Version(version) => {
                format!("{} = {}", self.name(VERSION), self.value(number(version)))
            }
            Condition::FirstVersion(key) => {
                let (version, one) = (self.name(VERSION), self.value(number(1)));
                let key = self.name(key);
                format!(
                    "{version} = {one} OR (attribute_exists({key}) AND attribute_not_exists({version}))"
                )
            }
            Condition::Equal(attribute, value) => {
                format!("{} = {}", self.name(attribute), self.value(value))
            }
            Condition::NotAbove(attribute, value) => {
                let (attribute, value) = (self.name(attribute), self.value(value));
                format!("attribute_not_exists({attribute}) OR {attribute} <= {value}")
            }
        }
    }

    /// The text of an update.
    pub(in crate::adapters::aws::dynamo) fn update(
        &mut self,
        edits: impl IntoIterator<Item = (String, Edit)>,
    ) -> String {
        let (mut set, mut remove) = (Vec::new(), Vec::new());
        for (attribute, edit) in edits {
            let name = self.name(&attribute);
            match edit {
                Edit::Set(value) => set.push(format!("{name} = {}", self.value(value))),
                Edit::SetIfAbsent(value) => {
                    let value = self.value(value);
                    set.push(format!("{name} = if_not_exists({name}, {value})"));
                }
                Edit::Remove => remove.push(name),
            }
        }
        let clauses = [("SET ", set), ("REMOVE ", remove)];
        let clauses = clauses.iter().filter(|(_, parts)| !parts.is_empty());
        let clauses = clauses.map(|(verb, parts)| format!("{verb}{}", parts.join(", ")));
        clauses.collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::super::item::text;
    use super::*;

    #[test]
    fn an_update_sets_and_removes() {
        let mut all = Placeholders::default();
        let edits = [
            ("status".to_owned(), Edit::Set(text("active"))),
            ("reason".to_owned(), Edit::Remove),
            ("threadId".to_owned(), Edit::SetIfAbsent(text("t"))),
        ];
        assert_eq!(
            all.update(edits),
            "SET #n0 = :v0, #n2 = if_not_exists(#n2, :v1) REMOVE #n1"
        );
        assert_eq!(all.names["#n1"], "reason");
        assert_eq!(all.values[":v1"], text("t"));
        let only = [("reason".to_owned(), Edit::Remove)];
        assert_eq!(Placeholders::default().update(only), "REMOVE #n0");
    }

    #[test]
    fn conditions_say_what_must_hold() {
        let say = |condition| Placeholders::default().condition(condition);
        assert_eq!(say(Condition::decided_from(0)), "attribute_not_exists(#n0)");
        assert_eq!(say(Condition::decided_from(7)), "#n0 = :v0");
        assert_eq!(
            say(Condition::FirstVersion("sessionId")),
            "#n0 = :v0 OR (attribute_exists(#n1) AND attribute_not_exists(#n0))"
        );
        assert_eq!(
            say(Condition::NotAbove("expiresAt", number(5))),
            "attribute_not_exists(#n0) OR #n0 <= :v0"
        );
    }
}
