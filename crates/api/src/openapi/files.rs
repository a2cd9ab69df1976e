//! The calls about attachments.

use serde_json::json;

use super::{
    call::Call,
    schema::{named, number, object, text},
};

pub(super) fn calls() -> Vec<Call> {
    let put = object(json!({
        "url": text(), "headers": { "type": "object", "additionalProperties": text() },
        "expiresInMs": number(),
    }));
    let how = object(json!({
        "id": text(), "name": text(), "size": number(), "received?": number(),
        "pieceBytes?": number(), "put?": put,
    }));
    let link = || object(json!({ "url": { "type": ["string", "null"] } }));
    let bytes = || json!({ "type": "string", "contentMediaType": "application/octet-stream" });
    let download = |call: Call, kind: &str| {
        call.bearer()
            .query("as", json!({ "type": "string", "enum": ["link"] }))
            .gives_as(200, "The bytes, or with `as=link` where they are.", kind, bytes())
            .gives(200, "The bytes, or with `as=link` where they are.", link())
            .gives_as(206, "The part that `Range` asks for.", kind, bytes())
            .gives_nothing(302, "The bytes are elsewhere.")
            .gives_nothing(304, "They are what the caller has.")
            .gives_nothing(416, "There is no such part.")
            .fails(&[404])
    };
    vec![
        Call::post("/api/attachments", "beginFile", "Begins a file.")
            .bearer()
            .takes(object(json!({ "conversationId": text(), "name": text(), "size": number() })))
            .gives(201, "How its bytes are to come.", how.clone())
            .fails(&[404]),
        Call::get("/api/attachments/{id}/upload", "resumeFile", "How the rest is to come.")
            .bearer()
            .gives(200, "How.", how)
            .fails(&[404, 409]),
        Call::post("/api/attachments/{id}/upload", "addPiece", "Adds a piece.")
            .bearer()
            .query("offset", number())
            .takes_as("application/octet-stream", bytes())
            .gives(200, "How far it is.", object(json!({ "received": number() })))
            .fails(&[400, 404, 409, 413]),
        Call::post("/api/attachments/{id}/complete", "completeFile", "Tells what it is.")
            .bearer()
            .gives(200, "What it is.", named("ServerAttachment"))
            .fails(&[404, 409]),
        download(Call::get("/api/attachments/{id}", "getFile", "The file."), "*/*"),
        download(
            Call::get("/api/attachments/{id}/thumbnail", "getThumbnail", "It, made small."),
            "image/jpeg",
        ),
        Call::delete("/api/attachments/{id}", "removeFile", "Takes back what was not sent.")
            .bearer()
            .gives_nothing(204, "It is gone.")
            .fails(&[404]),
    ]
}
