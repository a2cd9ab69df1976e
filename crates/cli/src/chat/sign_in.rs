//! Who is there.

use aizuchi_client::{Account, Service};

use super::{ChatArgs, ChatError, Input, line::screen};

pub(super) async fn sign_in(
    args: &ChatArgs,
    input: &mut Input,
) -> Result<(Service, Account), ChatError> {
    let service = Service::new(args.url.clone())?;
    let name = match &args.user {
        Some(name) => name.clone(),
        None => ask(input, "Name: ").await?.ok_or(ChatError::NoName)?,
    };
    let is_new = args.sign_up
        || args.user.is_none()
            && args.password.is_none()
            && ask(input, "Is this a new account? [y/N] ")
                .await?
                .is_some_and(|answer| is_yes(&answer));
    let password = match &args.password {
        Some(password) => password.clone(),
        None => hidden("Password: ").await?,
    };
    if !is_new {
        let account = service.sign_in(&name, &password).await?;
        return Ok((service, account));
    }
    if args.password.is_none() && hidden("Once more: ").await? != password {
        return Err(ChatError::Differ);
    }
    let account = service.sign_up(&name, &password).await?;
    Ok((service, account))
}

async fn ask(input: &mut Input, question: &str) -> Result<Option<String>, ChatError> {
    screen::prompt(question);
    let answer = input.next_line().await?;
    Ok(answer.map(|answer| answer.trim().to_owned()).filter(|answer| !answer.is_empty()))
}

fn is_yes(answer: &str) -> bool {
    matches!(answer.to_lowercase().as_str(), "y" | "yes")
}

/// Reads a password from the terminal without showing it.
async fn hidden(question: &'static str) -> Result<String, ChatError> {
    let asking = tokio::task::spawn_blocking(move || rpassword::prompt_password(question));
    Ok(asking.await.map_err(std::io::Error::other)??)
}
