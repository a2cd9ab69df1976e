//! Every call of the document, made.

use serde_json::{Value, json};
use url::form_urlencoded;

use super::check::{Answer, Asking, Checked, asking};
use crate::server::{PASSWORD, Place};

const FORM: &str = "application/x-www-form-urlencoded";
/// Where the hosted pages go back to.
const BACK: &str = "http://127.0.0.1:3000/";

/// Somebody, by his access token.
struct Person {
    sub: String,
    token: String,
    cookie: String,
}

fn cookies(answer: &Answer) -> String {
    let set = answer.headers.get_all("set-cookie").iter();
    let pairs = set.map(|one| one.to_str().unwrap().split(';').next().unwrap().to_owned());
    pairs.collect::<Vec<_>>().join("; ")
}

fn person(answer: &Answer) -> Person {
    let sub = answer.json["user"]["sub"].as_str().unwrap().to_owned();
    Person { sub, token: answer.text("token"), cookie: cookies(answer) }
}

fn form(fields: &[(&str, &str)]) -> Vec<u8> {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish().into_bytes()
}

async fn sign_up(checked: &mut Checked<'_>, name: &str) -> Person {
    let who = json!({ "user": name, "password": PASSWORD });
    person(&checked.call(asking("signUp").json(who), 201).await)
}

#[tokio::test]
async fn every_call_answers_as_the_document_says() {
    let place = Place::new();
    let client = format!("--oauth-client=web={BACK}");
    let server = place.serve(&["--rate-limits", "off", &client]);
    let mut checked = Checked::new(&server).await;
    for id in ["getOpenApi", "getAsyncApi", "isAlive", "isReady", "getConfig", "getStyle"] {
        checked.call(asking(id), 200).await;
    }
    checked.call(asking("estimate"), 200).await;
    checked.call(asking("estimate").query("nonsense=1"), 400).await;
    let ann = sign_up(&mut checked, "ann").await;
    let bob = sign_up(&mut checked, "bob").await;
    Box::pin(of_people(&mut checked, &ann, &bob)).await;
    Box::pin(of_messages(&mut checked, &ann, &bob)).await;
    Box::pin(of_rooms(&mut checked, &ann, &bob)).await;
    Box::pin(of_files(&mut checked, &ann, &bob)).await;
    Box::pin(of_notices(&mut checked, &ann, &bob)).await;
    Box::pin(of_pages(&mut checked)).await;
    Box::pin(of_accounts(&mut checked, ann)).await;
    checked.all_answered();
}

#[tokio::test]
async fn whoever_calls_too_often_is_told_as_the_document_says() {
    let place = Place::new();
    let server = place.serve(&[]);
    let mut checked = Checked::new(&server).await;
    let ann = sign_up(&mut checked, "ann").await;
    checked.call(asking("export").by(&ann.token), 200).await;
    let told = checked.call(asking("export").by(&ann.token), 429).await;
    assert!(told.json["retryAfterMs"].is_u64() && told.headers.contains_key("retry-after"));
}

async fn of_people(checked: &mut Checked<'_>, ann: &Person, bob: &Person) {
    let by = |id| asking(id).by(&ann.token);
    checked.call(by("getMe"), 200).await;
    checked.call(asking("getMe"), 401).await;
    checked.call(by("findPerson").query("name=bob"), 200).await;
    checked.call(by("findPerson").query("name=nobody"), 404).await;
    checked.call(by("findPerson"), 400).await;
    checked
        .call(by("findPerson").query("name=bob").header("origin", "https://evil.example"), 403)
        .await;
    checked.call(by("getPerson").at(&bob.sub), 200).await;
    checked.call(by("getPerson").at("nobody"), 404).await;
    checked.call(by("introduce"), 200).await;
    checked.call(by("takeFrame").json(json!({ "action": "BLOCK", "sub": bob.sub })), 200).await;
    checked.call(by("listBlocked"), 200).await;
    checked.call(by("takeFrame").json(json!({ "action": "UNBLOCK", "sub": bob.sub })), 200).await;
    checked.call(by("report").json(json!({ "sub": bob.sub, "reason": "noise" })), 204).await;
    checked.call(by("report").json(json!({ "sub": bob.sub })), 400).await;
    checked.call(by("setAudience").json(json!({ "audience": "contacts" })), 204).await;
    checked.call(by("setAudience").json(json!({ "audience": "cats" })), 400).await;
    checked.call(by("getAudience"), 200).await;
}

async fn of_messages(checked: &mut Checked<'_>, ann: &Person, bob: &Person) {
    let by = |id| asking(id).by(&ann.token);
    let sent =
        json!({ "to": bob.sub, "message": "hi", "clientMsgId": "c1", "mentions": [bob.sub] });
    let ack = checked.call(by("send").json(sent), 200).await;
    let conversation = ack.text("conversationId");
    checked.call(by("send").json(json!({ "to": bob.sub })), 400).await;
    checked.call(by("send").json(json!({ "to": "nobody", "message": "hi" })), 404).await;
    checked.call(by("send").json(json!({ "conversationId": "d:a:b", "message": "hi" })), 403).await;
    let long = "a".repeat(40_000);
    checked.call(by("send").json(json!({ "to": bob.sub, "message": long })), 413).await;
    for frame in [
        json!({ "action": "EDITMSG", "conversationId": conversation, "seq": 1, "message": "ho",
            "clientMsgId": "c2" }),
        json!({ "action": "REACT", "conversationId": conversation, "seq": 1, "emoji": "👍",
            "on": true, "clientMsgId": "c3" }),
        json!({ "action": "SENDMSG", "conversationId": conversation, "message": "gone",
            "replyTo": 1, "clientMsgId": "c4" }),
        json!({ "action": "DELMSG", "conversationId": conversation, "seq": 4, "clientMsgId": "c5" }),
        json!({ "action": "READ", "conversationId": conversation, "seq": 4 }),
        json!({ "action": "SYNC" }),
        json!({ "action": "NONSENSE" }),
    ] {
        checked.call(by("takeFrame").json(frame), 200).await;
    }
    checked.call(by("takeFrame").query("over=x").json(json!({})), 400).await;
    let told = checked.call(by("listConversations").query("limit=1"), 200).await;
    assert_eq!(told.json["conversations"].as_array().unwrap().len(), 1);
    checked.call(by("listConversations").query("limit=0"), 400).await;
    let told = checked.call(by("readMessages").at(&conversation).query("after=0"), 200).await;
    assert_eq!(told.json["messages"].as_array().unwrap().len(), 2, "{told:?}");
    checked.call(by("readMessages").at(&conversation).query("after=x"), 400).await;
    checked.call(by("readMessages").at("r:nothing"), 404).await;
    let began = checked.call(by("poll").query("after=now&wait=25"), 200).await;
    let over = format!("over={}", began.text("after"));
    checked.call(by("takeFrame").query(&over).json(json!({ "action": "PING" })), 200).await;
    let next = format!("after={}&wait=25", began.text("after"));
    let heard = checked.call(by("poll").query(&next), 200).await;
    assert_eq!(heard.json["events"][0]["action"], "PING");
    checked.call(by("poll").query("after=yesterday"), 400).await;
    checked.call(by("export"), 200).await;
    checked.call(by("export").query("after=yesterday"), 400).await;
}

async fn of_rooms(checked: &mut Checked<'_>, ann: &Person, bob: &Person) {
    let by = |id| asking(id).by(&ann.token);
    let create = json!({ "action": "CREATEROOM", "name": "Tea", "members": [bob.sub],
        "clientMsgId": "r1" });
    let made = checked.call(by("takeFrame").json(create), 200).await;
    let room = made.json["events"][0]["conversationId"].as_str().unwrap().to_owned();
    let history = checked.call(by("readMessages").at(&room), 200).await;
    assert!(history.json["messages"][0]["change"].is_object(), "{history:?}");
    checked.call(by("listConversations"), 200).await;
    checked.call(by("listMembers").at(&room).query("limit=1"), 200).await;
    checked.call(by("listMembers").at(&room).query("limit=0"), 400).await;
    checked.call(by("listMembers").at("r:nothing"), 404).await;
    let link = checked.call(by("makeLink").at(&room).json(json!({ "expiresInSeconds": 600 })), 201);
    let link = link.await;
    checked.call(by("makeLink").at(&room), 201).await;
    checked.call(asking("makeLink").at(&room).by(&bob.token), 403).await;
    checked.call(by("listLinks").at(&room), 200).await;
    checked.call(by("previewRoom").json(json!({ "secret": link.text("secret") })), 200).await;
    checked.call(by("previewRoom").json(json!({ "secret": "AAAAAAAAAAAAAAAAAAAAAA" })), 404).await;
    checked.call(by("previewRoom").json(json!({})), 400).await;
    checked.call(by("revokeLink").at(&room).at(&link.text("linkId")), 204).await;
    checked.call(by("revokeLink").at(&room).at("nothing"), 404).await;
}

async fn of_files(checked: &mut Checked<'_>, ann: &Person, bob: &Person) {
    const PICTURE: &[u8] = include_bytes!("picture.png");
    let conversation = format!(
        "d:{}:{}",
        ann.sub.clone().min(bob.sub.clone()),
        ann.sub.clone().max(bob.sub.clone())
    );
    let by = |id| asking(id).by(&ann.token);
    let about =
        |size: usize| json!({ "conversationId": conversation, "name": "a.png", "size": size });
    let begun = checked.call(by("beginFile").json(about(PICTURE.len())), 201).await;
    checked.call(by("beginFile").json(about(0)), 400).await;
    checked.call(by("beginFile").json(about(usize::MAX >> 1)), 413).await;
    let id = begun.text("id");
    checked.call(by("completeFile").at(&id), 409).await;
    let octets = "application/octet-stream";
    let piece = |offset: &str| by("addPiece").at(&id).query(offset).body(octets, PICTURE);
    checked.call(piece("offset=5"), 400).await;
    checked.call(piece("offset=0"), 200).await;
    checked.call(by("resumeFile").at(&id), 200).await;
    let file = checked.call(by("completeFile").at(&id), 200).await;
    assert_eq!(
        (&file.json["mediaType"], &file.json["hasThumbnail"]),
        (&json!("image/png"), &json!(true))
    );
    checked.call(by("resumeFile").at(&id), 409).await;
    checked.call(by("getFile").at(&id), 200).await;
    checked.call(by("getFile").at(&id).query("as=link"), 200).await;
    checked.call(by("getFile").at(&id).header("range", "bytes=1-4"), 206).await;
    checked.call(by("getFile").at(&id).header("range", "bytes=999999-"), 416).await;
    checked.call(by("getFile").at("nothing"), 404).await;
    checked.call(by("getThumbnail").at(&id), 200).await;
    let sent = json!({ "conversationId": conversation, "attachments": [id] });
    checked.call(by("send").json(sent), 200).await;
    let told = checked.call(by("readMessages").at(&conversation), 200).await;
    assert!(told.json["messages"].to_string().contains("image/png"), "{told:?}");
    checked.call(by("removeFile").at(&id), 403).await;
    let other = checked.call(by("beginFile").json(about(9)), 201).await;
    checked.call(by("removeFile").at(&other.text("id")), 204).await;
    checked.call(by("removeFile").at(&other.text("id")), 404).await;
}

async fn of_notices(checked: &mut Checked<'_>, ann: &Person, bob: &Person) {
    const P256DH: &str =
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
    let conversation = format!(
        "d:{}:{}",
        ann.sub.clone().min(bob.sub.clone()),
        ann.sub.clone().max(bob.sub.clone())
    );
    let by = |id| asking(id).by(&ann.token);
    checked.call(by("getPushKey"), 200).await;
    let endpoint = "https://push.example/1";
    let keys = json!({ "p256dh": P256DH, "auth": "BTBZMqHH6r4Tts7J_aSIgg" });
    let subscription = json!({ "endpoint": endpoint, "keys": keys, "preview": true });
    checked.call(by("subscribe").json(subscription), 204).await;
    checked.call(by("subscribe").json(json!({ "endpoint": endpoint })), 400).await;
    checked.call(by("unsubscribe").json(json!({ "endpoint": endpoint })), 204).await;
    let decide = |what: &str| json!({ "notifications": what });
    let at = |id| by(id).at(&conversation);
    checked.call(at("setNotifications").json(decide("mentions")), 204).await;
    checked.call(at("setNotifications").json(decide("cats")), 400).await;
    checked.call(at("getNotifications"), 200).await;
    checked.call(by("getNotifications").at("nonsense"), 404).await;
    let open = || asking("openSocket").query("level=1");
    checked.call(open(), 426).await;
    let upgrade = |call: Asking| {
        call.header("connection", "upgrade")
            .header("upgrade", "websocket")
            .header("sec-websocket-version", "13")
            .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")
    };
    checked.call(upgrade(open()), 401).await;
    let protocols = format!("aizuchi.1, aizuchi.token.{}", ann.token);
    checked.call(upgrade(open()).header("sec-websocket-protocol", &protocols), 101).await;
}

/// What a form on a page is to repeat.
fn hidden(page: &Answer) -> String {
    let text = String::from_utf8(page.bytes.clone()).unwrap();
    let (_, token) = text.split_once(r#"name="token" value=""#).unwrap();
    token.split('"').next().unwrap().to_owned()
}

async fn of_pages(checked: &mut Checked<'_>) {
    // The S256 of the verifier below.
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    let link = format!(
        "client_id=web&redirect_uri={BACK}&response_type=code&state=s&code_challenge={CHALLENGE}\
         &code_challenge_method=S256"
    );
    let origin = |asking: Asking, of: &str| asking.header("origin", of);
    let own = checked.own_origin();
    let mut codes = Vec::new();
    checked.call(asking("authorize").query(&link), 200).await;
    checked.call(asking("showSignIn").query("client_id=nobody"), 400).await;
    for (show, send, name) in
        [("showSignUp", "sendSignUp", "cyd"), ("showSignIn", "sendSignIn", "cyd")]
    {
        let page = checked.call(asking(show).query(&link), 200).await;
        let filled = |password: &str| {
            let token = hidden(&page);
            form(&[("token", &token), ("user", name), ("password", password)])
        };
        let sending = |password: &str| {
            let call = asking(send).query(&link).header("cookie", &cookies(&page));
            origin(call.body(FORM, &filled(password)), &own)
        };
        let refused = if send == "sendSignIn" { 401 } else { 400 };
        checked.call(sending("short"), refused).await;
        let done = checked.call(sending(PASSWORD), 303).await;
        let back = done.headers["location"].to_str().unwrap().to_owned();
        let (_, query) = back.split_once('?').unwrap();
        let code = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "code");
        codes.push(code.unwrap().1.into_owned());
    }
    let exchange = |code: &str| {
        let fields = [
            ("grant_type", "authorization_code"),
            ("client_id", "web"),
            ("redirect_uri", BACK),
            ("code", code),
            ("code_verifier", VERIFIER),
        ];
        asking("getTokens").body(FORM, &form(&fields))
    };
    let tokens = checked.call(exchange(&codes[1]), 200).await;
    checked.call(exchange("nonsense"), 400).await;
    let access = tokens.text("access_token");
    for id in ["getUserInfo", "postUserInfo"] {
        checked.call(asking(id).by(&access), 200).await;
        checked.call(asking(id), 401).await;
    }
    let token = form(&[("token", &tokens.text("refresh_token"))]);
    checked.call(asking("revokeToken").body(FORM, &token), 200).await;
    checked.call(asking("revokeToken").body(FORM, b"x=y"), 400).await;
    checked.call(asking("getKeys"), 200).await;
    checked.call(asking("getDiscovery"), 200).await;
    checked.call(asking("logOut"), 200).await;
}

async fn of_accounts(checked: &mut Checked<'_>, ann: Person) {
    let who = |password: &str| json!({ "user": "ann", "password": password });
    checked.call(asking("signUp").json(who(PASSWORD)), 409).await;
    checked.call(asking("signUp").json(json!({ "user": "x y", "password": PASSWORD })), 400).await;
    checked.call(asking("signIn").json(who("wrong, I think")), 401).await;
    let other = person(&checked.call(asking("signIn").json(who(PASSWORD)), 200).await);
    checked.call(asking("signIn").body("application/json", b"{"), 400).await;
    let tokens = checked.call(asking("levelZeroSignIn").json(who(PASSWORD)), 200).await;
    let again = json!({ "user": "ann", "refresh": tokens.text("refresh") });
    checked.call(asking("levelZeroRefresh").json(again), 200).await;
    checked
        .call(asking("levelZeroRefresh").json(json!({ "user": "ann", "refresh": "x" })), 401)
        .await;
    checked.call(asking("refresh").header("cookie", &other.cookie), 200).await;
    checked.call(asking("refresh"), 401).await;
    let listed = checked.call(asking("listSessions").by(&ann.token), 200).await;
    let ended =
        listed.json["sessions"].as_array().unwrap().iter().find(|one| one["current"] == false);
    let ended = ended.and_then(|one| one["id"].as_str()).unwrap();
    checked.call(asking("endSession").at(ended).by(&ann.token), 204).await;
    checked.call(asking("endSession").at("nothing").by(&ann.token), 404).await;
    let change = |next: &str| json!({ "current": PASSWORD, "next": next });
    checked.call(asking("changePassword").by(&ann.token).json(change("short")), 400).await;
    checked.call(asking("changePassword").by(&ann.token).json(change("a new evening")), 204).await;
    checked.call(asking("endOtherSessions").by(&ann.token), 204).await;
    checked.call(asking("signOut").header("cookie", &ann.cookie), 204).await;
    let back = person(&checked.call(asking("signIn").json(who("a new evening")), 200).await);
    let leave =
        |password: &str| asking("leave").by(&back.token).json(json!({ "password": password }));
    checked.call(leave("wrong, I think"), 401).await;
    checked.call(leave("a new evening"), 204).await;
    let gone: Value = json!({ "user": "ann", "password": "a new evening" });
    checked.call(asking("signIn").json(gone), 401).await;
}
