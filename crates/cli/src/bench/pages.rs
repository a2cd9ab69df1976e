//! Pages of history, as a client asks for them.

use aizuchi_wire::{ServerFrame, server};

use super::{BenchError, ledger::Broken, socket::Socket};

/// Messages of a page.
pub(super) const PAGE: u64 = 50;

/// The seq of a conversation's last message; 0 where there is none.
pub(super) async fn newest(socket: &mut Socket, conversation: &str) -> Result<u64, BenchError> {
    let answer = ask(socket, conversation, "").await?;
    let page = read(&answer)?;
    Ok(page.messages.last().map_or(0, |message| message.seq))
}

/// Asks for a page; `which` is more of the frame, or nothing for the newest.
pub(super) async fn ask(
    socket: &mut Socket,
    conversation: &str,
    which: &str,
) -> Result<Vec<u8>, BenchError> {
    let id = serde_json::Value::from(conversation);
    let request = format!(
        r#"{{"action":"GETMSG","conversationId":{id},"limit":{PAGE}{which},"requestId":"p"}}"#
    );
    socket.send(&request).await?;
    socket.next_with(r#""action":"GETMSG""#).await
}

/// The page that came.
pub(super) fn read(answer: &[u8]) -> Result<server::GetMsg<'_>, BenchError> {
    match serde_json::from_slice(answer) {
        Ok(ServerFrame::GetMsg(page)) => Ok(page),
        _ => Err(Broken::Log("a page of history cannot be read".to_owned()).into()),
    }
}
