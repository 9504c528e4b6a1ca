//! The post: what hands messages to the channels, with the settings that the record holds.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Result;
use noroshi_channel::email::{self, Mailer};
use noroshi_channel::service::Service;
use noroshi_channel::webhook::{self, Delivery, Form};
use noroshi_channel::{Http, Kind, Level, Message, Outcome, Reach, Section};
use noroshi_domain::subscriber::Channel;
use noroshi_domain::{Instant, Locale, State};
use noroshi_notify::{Attempt, Item, Sending, Target, trial};
use noroshi_ops::App;
use noroshi_ops::channels::OpenChannel;
use noroshi_ops::mail::{OpenMailServer, Security};
use noroshi_server::{Trial, Trials};
use noroshi_text::msg;
use serde_json::Value;

/// How long a webhook may take to answer (reference 5.5).
const WEBHOOK_TIMEOUT: Duration = Duration::from_secs(30);

/// Sends through the real services.
pub(crate) struct Post {
    app: App,
    http: Http,
    mailer: Mutex<Option<(String, Arc<Mailer>)>>,
}

impl Post {
    /// A post; webhooks reach only the public internet unless the installation says otherwise.
    pub(crate) fn new(app: &App, reach: Reach) -> Result<Self> {
        Ok(Self {
            app: app.clone(),
            http: Http::new(reach, WEBHOOK_TIMEOUT)?,
            mailer: Mutex::new(None),
        })
    }

    /// The mailer of the settings that stand now; kept as long as they do.
    fn mailer(&self) -> Result<Arc<Mailer>, Outcome> {
        let down = |reason: &str| Outcome::Later {
            reason: reason.to_owned(),
            after: None,
            is_service_down: true,
        };
        let server = self.app.open_mail_server();
        let server = server.map_err(|_| down("the mail server's settings can not be read"))?;
        let server = server.ok_or_else(|| down("no mail server is set"))?;
        let mut kept = self.mailer.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((digest, mailer)) = kept.as_ref()
            && *digest == server.digest
        {
            return Ok(Arc::clone(mailer));
        }
        let mailer = Mailer::new(&settings(&server)).map_err(|bad| down(&bad.to_string()))?;
        let mailer = Arc::new(mailer);
        *kept = Some((server.digest.clone(), Arc::clone(&mailer)));
        Ok(mailer)
    }
}

impl Sending for Post {
    fn send(&self, item: Item) -> Attempt {
        match (item.channel, item.target) {
            (Channel::Email, Target::Plain(to)) => match self.mailer() {
                Ok(mailer) => {
                    Box::pin(async move { mailer.send(&to, &item.message, item.at).await })
                }
                Err(outcome) => Box::pin(async move { outcome }),
            },
            (Channel::Webhook, Target::Plain(url)) => {
                let secret = self.app.webhook_secret(&item.recipient);
                let secret: Vec<String> = secret.into_iter().collect();
                let (http, document) = (self.http.clone(), item.document.unwrap_or_default());
                Box::pin(async move {
                    let delivery = Delivery {
                        url: &url,
                        document: &document,
                        key: &item.message.key,
                        source: &item.message.page_url,
                        form: Form::Plain,
                        secrets: &secret,
                    };
                    webhook::send(&http, &delivery, item.at).await
                })
            }
            (Channel::Email, Target::Secret(target)) => {
                match (self.mailer(), text(&target, "to")) {
                    (Ok(mailer), Some(to)) => {
                        Box::pin(async move { mailer.send(&to, &item.message, item.at).await })
                    }
                    (Err(outcome), _) => Box::pin(async move { outcome }),
                    (_, None) => refused("it has no address"),
                }
            }
            (channel, Target::Secret(target)) => match Service::parse(channel, &target) {
                Ok(service) => {
                    let http = self.http.clone();
                    let reference = item.reference;
                    Box::pin(async move {
                        let message = &item.message;
                        service
                            .send(&http, message, reference.as_deref(), item.at)
                            .await
                    })
                }
                Err(fault) => refused(&fault.to_string()),
            },
            _ => refused("this channel can not be used here"),
        }
    }
}

fn text(target: &Value, name: &str) -> Option<String> {
    target.get(name)?.as_str().map(str::to_owned)
}

fn refused(reason: &str) -> Attempt {
    let reason = reason.to_owned();
    Box::pin(async move { Outcome::Refused { reason } })
}

impl Post {
    fn trial(&self, (channel, target): (Channel, Target), message: Message) -> Trial {
        let attempt = self.send(Item {
            recipient: String::new(),
            channel,
            target,
            message,
            document: None,
            reference: None,
            at: self.app.now(),
        });
        Box::pin(async move {
            match attempt.await {
                Outcome::Delivered { .. } => Ok(()),
                Outcome::Later { reason, .. }
                | Outcome::Refused { reason }
                | Outcome::Gone { reason } => Err(reason),
            }
        })
    }
}

impl Trials for Post {
    fn try_channel(&self, own: OpenChannel, page: Arc<State>, locale: Locale) -> Trial {
        let locale = own.channel.locale.unwrap_or(locale);
        let message = trial(&page, (locale, self.app.chance().number()), self.app.now());
        self.trial((own.channel.channel, Target::Secret(own.target)), message)
    }

    fn try_mail(&self, to: String, page: Arc<State>, locale: Locale) -> Trial {
        let message = trial(&page, (locale, self.app.chance().number()), self.app.now());
        self.trial((Channel::Email, Target::Plain(to)), message)
    }
}

fn settings(server: &OpenMailServer) -> email::Settings {
    let own = &server.server;
    email::Settings {
        host: own.host.clone(),
        port: own.port,
        security: match own.security {
            Security::StartTls => email::Security::StartTls,
            Security::Tls => email::Security::Tls,
            Security::None => email::Security::None,
        },
        login: own.user.clone().zip(server.password.clone()),
        from: own.from.clone(),
        reply_to: own.reply_to.clone(),
        dkim: own
            .dkim
            .as_ref()
            .zip(server.dkim_key.clone())
            .map(|(dkim, key)| email::Dkim {
                domain: dkim.domain.clone(),
                selector: dkim.selector.clone(),
                key,
            }),
        root_certificate: own.root_certificate.clone(),
    }
}

/// Sends a mail that tries the settings; why it was not taken.
///
/// # Errors
/// When the settings can not be used at all.
pub(crate) fn try_mail(
    server: &OpenMailServer,
    to: &str,
    (locale, now): (Locale, Instant),
) -> Result<Result<(), String>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    // Its connections are kept by a task of the runtime.
    let _inside = runtime.enter();
    let mailer = Mailer::new(&settings(server))?;
    let title = msg::notify_test_title(locale);
    let text = msg::notify_test_text(locale);
    let message = Message {
        key: format!("test{}", now.micros()),
        thread: "test".to_owned(),
        is_first: true,
        kind: Kind::Test,
        level: Level::Info,
        at: now,
        at_words: now.timestamp().to_string(),
        locale,
        page_name: "Noroshi".to_owned(),
        page_url: String::new(),
        subject: title.clone(),
        title,
        state: String::new(),
        sections: vec![Section {
            label: None,
            html: format!("<p>{text}</p>"),
            text,
            is_action: false,
        }],
        parts: Vec::new(),
        parts_label: String::new(),
        action: None,
        footer: String::new(),
        manage: None,
        leave: None,
        short: String::new(),
    };
    Ok(match runtime.block_on(mailer.send(to, &message, now)) {
        Outcome::Delivered { .. } => Ok(()),
        Outcome::Later { reason, .. } | Outcome::Refused { reason } | Outcome::Gone { reason } => {
            Err(reason)
        }
    })
}
