//! The TypeScript side of the wire, from the Rust side.

use std::{error::Error, fmt::Write as _, fs, path::PathBuf};

use aizuchi_wire::{
    ClientFrame, CloseCode, ErrorCode, History, Role, ServerFrame, Text, client, limits, server,
};
use ts_rs::{Config, TS};

const HEAD: &str = "\
// Generated from crates/wire by `cargo xtask codegen`. Do not edit.
";

/// Writes the generated file.
pub(crate) fn write() -> Result<(), Box<dyn Error>> {
    fs::write(path(), wire()?)?;
    Ok(())
}

fn path() -> PathBuf {
    crate::root().join("web/sdk/src/generated/wire.ts")
}

/// The types of all frames, the closed lists and the limits.
fn wire() -> Result<String, std::fmt::Error> {
    let mut text = HEAD.to_owned();
    declare::<ErrorCode>(&mut text)?;
    writeln!(text, "\nexport const CloseCode = {{")?;
    for code in CloseCode::ALL {
        writeln!(text, "  {}: {},", code.name(), code.number())?;
    }
    writeln!(text, "}} as const;")?;
    for (name, value) in [
        ("INBOUND_BYTES", limits::INBOUND_BYTES as u64),
        ("OUTBOUND_BYTES", limits::OUTBOUND_BYTES as u64),
        ("REQUEST_ID_BYTES", limits::REQUEST_ID_BYTES as u64),
        ("IDLE_SECONDS", limits::IDLE_SECONDS),
        ("AGE_SECONDS", limits::AGE_SECONDS),
    ] {
        writeln!(text, "\nexport const {name} = {value};")?;
    }
    declare::<Text<'_>>(&mut text)?;
    declare::<client::Empty>(&mut text)?;
    declare::<client::Status<'_>>(&mut text)?;
    declare::<client::GetMsg<'_>>(&mut text)?;
    declare::<client::SendMsg<'_>>(&mut text)?;
    declare::<client::Greeting<'_>>(&mut text)?;
    declare::<client::Sync<'_>>(&mut text)?;
    declare::<client::Conversations<'_>>(&mut text)?;
    declare::<client::Read<'_>>(&mut text)?;
    declare::<client::Typing<'_>>(&mut text)?;
    declare::<client::Watch<'_>>(&mut text)?;
    declare::<client::Search<'_>>(&mut text)?;
    declare::<client::Block<'_>>(&mut text)?;
    declare::<client::EditMsg<'_>>(&mut text)?;
    declare::<client::DelMsg<'_>>(&mut text)?;
    declare::<client::React<'_>>(&mut text)?;
    declare::<Role>(&mut text)?;
    declare::<History>(&mut text)?;
    declare::<client::CreateRoom<'_>>(&mut text)?;
    declare::<client::Invite<'_>>(&mut text)?;
    declare::<client::Join<'_>>(&mut text)?;
    declare::<client::Leave<'_>>(&mut text)?;
    declare::<client::Remove<'_>>(&mut text)?;
    declare::<client::Rename<'_>>(&mut text)?;
    declare::<client::SetRole<'_>>(&mut text)?;
    // Every client frame may carry a requestId, which the envelope takes.
    let frames = ClientFrame::inline(&Config::new());
    writeln!(text, "\nexport type ClientFrame = ({frames}) & {{ requestId?: string }};")?;
    declare::<server::Pong<'_>>(&mut text)?;
    declare::<server::PartnerInfo<'_>>(&mut text)?;
    declare::<server::IsOnline<'_>>(&mut text)?;
    declare::<server::Ack<'_>>(&mut text)?;
    declare::<server::EntryKind>(&mut text)?;
    declare::<server::Attachment<'_>>(&mut text)?;
    declare::<server::Reactions<'_>>(&mut text)?;
    declare::<server::Member<'_>>(&mut text)?;
    declare::<server::RoomChange<'_>>(&mut text)?;
    declare::<server::Message<'_>>(&mut text)?;
    declare::<server::SendMsg<'_>>(&mut text)?;
    declare::<server::GetMsg<'_>>(&mut text)?;
    declare::<server::Entry<'_>>(&mut text)?;
    declare::<server::Conversation<'_>>(&mut text)?;
    declare::<server::Sync<'_>>(&mut text)?;
    declare::<server::Conversations<'_>>(&mut text)?;
    declare::<server::Hit<'_>>(&mut text)?;
    declare::<server::Search<'_>>(&mut text)?;
    declare::<server::Read<'_>>(&mut text)?;
    declare::<server::Typing<'_>>(&mut text)?;
    declare::<server::Blocked<'_>>(&mut text)?;
    declare::<server::Refused<'_>>(&mut text)?;
    declare::<ServerFrame<'_>>(&mut text)?;
    Ok(text)
}

fn declare<T: TS>(text: &mut String) -> std::fmt::Result {
    write!(text, "\nexport {}\n", T::decl(&Config::new()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generated_typescript_is_fresh() {
        let there = fs::read_to_string(path()).unwrap_or_default();
        let fresh = wire().unwrap_or_default();
        assert!(there == fresh, "{} is stale: run `cargo xtask codegen`", path().display());
    }
}
