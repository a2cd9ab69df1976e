//! `aizuchi user reports`: what people reported about others.

use aizuchi_core::{
    directory::Directory as _,
    ids::{ConversationId, UserId},
    relations::{Relations as _, Report},
};
use aizuchi_store_sqlite::Database;
use comfy_table::{Table, presets};
use serde::Serialize;

use super::{UserError, shown};
use crate::output;

/// A report, as this command tells it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    /// In ms since the epoch.
    at: u64,
    about: Named,
    by: Named,
    conversation_id: Option<String>,
    seq: Option<u64>,
    reason: String,
}

/// Somebody, and his name where he has one.
#[derive(Debug, Serialize)]
struct Named {
    sub: String,
    username: Option<String>,
}

impl Named {
    async fn of(database: &Database, user: &UserId) -> Result<Self, UserError> {
        let profile = database.by_id(user).await.map_err(UserError::Reports)?;
        let username = profile.map(|profile| profile.username.to_string());
        Ok(Self { sub: user.to_string(), username })
    }

    fn shown(&self) -> &str {
        self.username.as_deref().unwrap_or(&self.sub)
    }
}

/// Lists the newest reports.
pub(super) async fn list(database: &Database, limit: usize, json: bool) -> Result<(), UserError> {
    let mut all = Vec::new();
    for report in database.reports(limit).await.map_err(UserError::Reports)? {
        let Report { at, by, about, conversation, seq, reason } = report;
        all.push(Told {
            at,
            about: Named::of(database, &about).await?,
            by: Named::of(database, &by).await?,
            conversation_id: conversation.as_ref().map(ConversationId::to_string),
            seq,
            reason: reason.to_string(),
        });
    }
    if json {
        output::json(&all);
    } else if all.is_empty() {
        output::line("Nobody was reported.");
    } else {
        let mut table = Table::new();
        table.load_style(presets::NOTHING).set_header(["WHEN", "ABOUT", "BY", "PLACE", "REASON"]);
        for one in &all {
            let seq = one.seq.map_or_else(String::new, |seq| format!(" #{seq}"));
            let place = format!("{}{seq}", one.conversation_id.as_deref().unwrap_or_default());
            // What somebody typed must not turn the terminal's colours.
            let reason: String =
                one.reason.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
            table.add_row([&shown(one.at), one.about.shown(), one.by.shown(), &place, &reason]);
        }
        output::line(table.trim_fmt());
    }
    Ok(())
}
