//! The rules of the reference model: what the API answers to a step, and what changes.

use super::steps::{Act, Bearer, Guess, NewAccount, Proof, Step, Target};
use super::world::{
    Account, EMAIL_CHANGE, INVITE, Kind, LONGEST, Link, Pending, Purpose, RESET, SESSION, Session,
    Token, UNDO, VERIFICATION, World,
};

/// What an answer must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Expected {
    pub(super) status: u16,
    /// Of a refusal.
    pub(super) code: Option<&'static str>,
    /// Seconds, of a lockout.
    pub(super) retry_after: Option<u64>,
    pub(super) body: Body,
    /// The address that gets a mail with a link, which becomes the newest of the links.
    pub(super) mail: Option<usize>,
}

/// What the body of a success shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Body {
    /// Nothing that is checked.
    Any,
    /// This account, as it is now.
    Account(usize),
    /// A registration of this address, which expires then.
    Pending(usize, u64),
    /// The newest token, which is valid for so many seconds.
    Token(u64),
    /// So many sessions.
    Sessions(usize),
    /// This address, as the one that has a new password.
    Address(usize),
    /// Accounts: all, active, verified, administrators.
    Counts([usize; 4]),
}

fn done(status: u16, body: Body) -> Expected {
    Expected {
        status,
        code: None,
        retry_after: None,
        body,
        mail: None,
    }
}

fn ok() -> Expected {
    done(200, Body::Any)
}

fn accepted(mail: Option<usize>) -> Expected {
    Expected {
        mail,
        ..done(202, Body::Any)
    }
}

fn refused(status: u16, code: &'static str) -> Expected {
    Expected {
        code: Some(code),
        ..done(status, Body::Any)
    }
}

/// The refusal is an answer too.
type Outcome = Result<Expected, Expected>;

impl World {
    /// Does what a resolved step does.
    pub(super) fn apply(&mut self, step: &Step) -> Expected {
        self.try_step(step).unwrap_or_else(|refusal| refusal)
    }

    #[allow(clippy::too_many_lines, reason = "one arm a step")]
    fn try_step(&mut self, step: &Step) -> Outcome {
        Ok(match *step {
            Step::Register {
                address,
                password,
                name,
            } => self.register(address, password, name)?,
            Step::Verify { proof, password } => self.verify(proof, password)?,
            Step::ResendVerification { address } => accepted(self.resend(address)),
            Step::LogIn { address, guess } => self.log_in(address, guess)?,
            Step::Me(bearer) => done(200, Body::Account(self.account_of(bearer)?)),
            Step::Rename { bearer, name } => {
                let account = self.account_of(bearer)?;
                let now = self.now;
                let of = &mut self.accounts[account];
                if of.name != name {
                    (of.name, of.updated) = (name, now);
                }
                done(200, Body::Account(account))
            }
            Step::ChangePassword { bearer, guess, new } => {
                self.change_password(bearer, guess, new)?
            }
            Step::Forgot { address } => {
                let holder = self.holder(address);
                let active = holder.filter(|holder| self.accounts[*holder].is_active);
                accepted(active.and_then(|account| self.mail_reset(account)))
            }
            Step::Reset { proof, new } => self.reset(proof, new)?,
            Step::ChangeEmail { bearer, guess, to } => self.change_email(bearer, guess, to)?,
            Step::ConfirmEmail(proof) => self.confirm_email(proof)?,
            Step::UndoEmail(proof) => self.undo_email(proof)?,
            Step::Renew(bearer) => self.renew(bearer)?,
            Step::Sessions(bearer) => {
                let account = self.account_of(bearer)?;
                let lives = |session: &&Session| {
                    session.account == account && !session.has_ended && self.now < session.expires
                };
                done(
                    200,
                    Body::Sessions(self.sessions.iter().filter(lives).count()),
                )
            }
            Step::EndSession { bearer, of } => {
                let account = self.account_of(bearer)?;
                let Bearer::Token(token) = of else {
                    return Err(refused(404, "not_found"));
                };
                let now = self.now;
                let session = &mut self.sessions[self.tokens[token].session];
                if session.account != account || session.has_ended || now >= session.expires {
                    return Err(refused(404, "not_found"));
                }
                session.has_ended = true;
                ok()
            }
            Step::EndOthers(bearer) => {
                let (own, account) = self.signed_in(bearer)?;
                for (id, session) in self.sessions.iter_mut().enumerate() {
                    session.has_ended |= session.account == account && id != own;
                }
                ok()
            }
            Step::LogOut(bearer) => {
                let (own, _) = self.signed_in(bearer)?;
                self.sessions[own].has_ended = true;
                ok()
            }
            Step::DeleteAccount { bearer, guess } => {
                let account = self.account_of(bearer)?;
                self.try_password(account, guess)?;
                self.delete(account)?;
                ok()
            }
            Step::Administer {
                bearer,
                target,
                act,
            } => {
                self.admin(bearer)?;
                let account = match target {
                    Target::Account(account) if self.accounts[account].exists => account,
                    _ => return Err(refused(404, "not_found")),
                };
                self.administer(account, act)?
            }
            Step::Create { bearer, new } => {
                self.admin(bearer)?;
                self.create(new)?
            }
            Step::PromotePending { bearer, address } => {
                self.admin(bearer)?;
                let Some(pending) = self.waiting(address).cloned() else {
                    return Err(refused(404, "not_found"));
                };
                if self.holder(address).is_some() {
                    return Err(refused(409, "email_taken"));
                }
                done(201, Body::Account(self.settle(address, &pending)))
            }
            Step::DeletePending { bearer, address } => {
                self.admin(bearer)?;
                if self.waiting(address).is_none() {
                    return Err(refused(404, "not_found"));
                }
                self.pending.remove(&address);
                ok()
            }
            Step::Stats(bearer) => {
                self.admin(bearer)?;
                let count = |which: fn(&Account) -> bool| {
                    let all = self.accounts.iter();
                    all.filter(|of| of.exists && which(of)).count()
                };
                done(
                    200,
                    Body::Counts([
                        count(|_| true),
                        count(|of| of.is_active),
                        count(|of| of.is_verified),
                        count(|of| of.is_superuser),
                    ]),
                )
            }
            Step::Pass(seconds) => {
                self.now += seconds;
                ok()
            }
        })
    }

    fn signed_in(&self, bearer: Bearer) -> Result<(usize, usize), Expected> {
        let session = self.open(bearer);
        session.ok_or_else(|| refused(401, "not_authenticated"))
    }

    fn account_of(&self, bearer: Bearer) -> Result<usize, Expected> {
        Ok(self.signed_in(bearer)?.1)
    }

    fn admin(&self, bearer: Bearer) -> Result<(), Expected> {
        let account = self.account_of(bearer)?;
        if self.accounts[account].is_superuser {
            Ok(())
        } else {
            Err(refused(403, "not_admin"))
        }
    }

    /// Refuses an address that is locked out, before any password is looked at.
    fn check_lock(&self, address: usize) -> Result<(), Expected> {
        match self.locked_for(address) {
            None => Ok(()),
            Some(seconds) => Err(Expected {
                retry_after: Some(seconds),
                ..refused(429, "locked")
            }),
        }
    }

    fn failed(&mut self, address: usize, refusal: Expected) -> Expected {
        let failures = self.failures.entry(address).or_default();
        failures.push(self.now);
        refusal
    }

    /// Asks for the password again inside a session. The right one forgives nothing.
    fn try_password(&mut self, account: usize, guess: Guess) -> Result<(), Expected> {
        let of = &self.accounts[account];
        let (address, is_right) = (of.address, is_right(of.password, guess));
        self.check_lock(address)?;
        if is_right {
            Ok(())
        } else {
            Err(self.failed(address, refused(400, "wrong_password")))
        }
    }

    fn link(&mut self, kind: Kind, account: Option<usize>, life: u64) -> usize {
        self.links.push(Link {
            kind,
            account,
            expires: self.now + life,
            has_ended: false,
        });
        self.links.len() - 1
    }

    fn new_session(&mut self, account: usize) -> Body {
        self.sessions.push(Session {
            account,
            created: self.now,
            expires: self.now + SESSION,
            has_ended: false,
        });
        self.tokens.push(Token {
            session: self.sessions.len() - 1,
            expires: self.now + SESSION,
        });
        self.accounts[account].last_login = Some(self.now);
        Body::Token(SESSION)
    }

    /// A new link to an address in place of an older one, unless the mails of the hour are spent. Who has no link that
    /// works gets one all the same, if the last mail was not sent just now.
    fn mail_verification(&mut self, address: usize, pending: &Pending) -> Option<usize> {
        let is_waiting = self.waiting(address).is_some();
        let useless = (!is_waiting).then(|| i128::from(self.now) - 10);
        if !self.spend(Purpose::Verification, address, useless) {
            return None;
        }
        let link = self.link(Kind::Verification, None, VERIFICATION);
        let expires = self.now + VERIFICATION;
        let pending = Pending {
            link,
            expires,
            ..*pending
        };
        self.pending.insert(address, pending);
        Some(address)
    }

    fn register(&mut self, address: usize, password: usize, name: Option<usize>) -> Outcome {
        if self.holder(address).is_some() {
            return Err(refused(409, "email_taken"));
        }
        let pending = Pending {
            password: Some(password),
            name,
            link: 0,
            expires: 0,
        };
        let mail = self.mail_verification(address, &pending);
        Ok(Expected {
            mail,
            ..done(201, Body::Pending(address, self.now + VERIFICATION))
        })
    }

    /// The account that a registration becomes.
    fn settle(&mut self, address: usize, pending: &Pending) -> usize {
        self.pending.remove(&address);
        self.accounts.push(Account {
            name: pending.name,
            ..Account::new(address, pending.password, self.now)
        });
        self.accounts.len() - 1
    }

    fn verify(&mut self, proof: Proof, password: Option<Guess>) -> Outcome {
        let Proof::Link(link) = proof else {
            return Err(refused(400, "invalid_token"));
        };
        let mut waiting = self.pending.iter();
        let found = waiting.find(|(_, pending)| pending.link == link && self.now < pending.expires);
        let Some((address, pending)) = found.map(|(address, pending)| (*address, pending.clone()))
        else {
            return Err(refused(400, "invalid_token"));
        };
        let holder = self.holder(address);
        if let Some(guess) = password {
            self.check_lock(address)?;
            let right = holder.map_or(pending.password, |holder| self.accounts[holder].password);
            if !is_right(right, guess) {
                return Err(self.failed(address, refused(400, "wrong_password")));
            }
        }
        let Some(holder) = holder else {
            return Ok(done(200, Body::Account(self.settle(address, &pending))));
        };
        self.pending.remove(&address);
        if self.accounts[holder].is_verified {
            return Err(refused(400, "invalid_token"));
        }
        self.accounts[holder].is_verified = true;
        self.accounts[holder].updated = self.now;
        Ok(done(200, Body::Account(holder)))
    }

    fn resend(&mut self, address: usize) -> Option<usize> {
        if let Some(holder) = self.holder(address) {
            let of = &self.accounts[holder];
            let waits = of.is_active && !of.is_verified;
            return waits.then(|| self.reverify(holder)).flatten();
        }
        let pending = self.waiting(address).cloned()?;
        self.mail_verification(address, &pending)
    }

    fn reverify(&mut self, account: usize) -> Option<usize> {
        let of = &self.accounts[account];
        let (address, password, name) = (of.address, of.password, of.name);
        let pending = Pending {
            password,
            name,
            link: 0,
            expires: 0,
        };
        self.mail_verification(address, &pending)
    }

    fn log_in(&mut self, address: usize, guess: Guess) -> Outcome {
        self.check_lock(address)?;
        let holder = self.holder(address);
        let right = holder.filter(|holder| is_right(self.accounts[*holder].password, guess));
        let Some(account) = right else {
            return Err(self.failed(address, refused(401, "invalid_credentials")));
        };
        if !self.accounts[account].is_active {
            return Err(self.failed(address, refused(403, "account_disabled")));
        }
        if !self.accounts[account].is_verified {
            return Err(self.failed(address, refused(403, "email_unverified")));
        }
        self.failures.remove(&address);
        Ok(done(200, self.new_session(account)))
    }

    fn change_password(&mut self, bearer: Bearer, guess: Guess, new: usize) -> Outcome {
        let account = self.account_of(bearer)?;
        self.try_password(account, guess)?;
        if matches!(guess, Guess::Is(now) if now == new) {
            return Err(refused(400, "password_unchanged"));
        }
        self.write_password(account, new);
        Ok(done(200, self.new_session(account)))
    }

    /// A new password ends everything, forgives failures, and is told to the owner.
    fn write_password(&mut self, account: usize, new: usize) {
        let address = self.accounts[account].address;
        self.accounts[account].password = Some(new);
        self.failures.remove(&address);
        self.end_all(account);
        self.spend(Purpose::Notice, address, None);
    }

    fn mail_reset(&mut self, account: usize) -> Option<usize> {
        let of = &self.accounts[account];
        let address = of.address;
        // Links from before have ended or expired.
        let ended = of.ended.filter(|ended| *ended < self.now);
        let ended = ended.map_or(i128::MIN, i128::from);
        let useless = ended.max(i128::from(self.now) - i128::from(RESET));
        if !self.spend(Purpose::Reset, address, Some(useless)) {
            return None;
        }
        self.link(Kind::Reset, Some(account), RESET);
        Some(address)
    }

    fn reset(&mut self, proof: Proof, new: usize) -> Outcome {
        let opened = self.follow(proof, |kind| kind == Kind::Reset);
        let account = opened.ok_or_else(|| refused(400, "invalid_token"))?;
        let address = self.accounts[account].address;
        self.accounts[account].is_verified = true;
        self.pending.remove(&address);
        self.write_password(account, new);
        Ok(done(200, Body::Address(address)))
    }

    fn change_email(&mut self, bearer: Bearer, guess: Guess, to: usize) -> Outcome {
        let account = self.account_of(bearer)?;
        self.try_password(account, guess)?;
        if self.accounts[account].address == to {
            return Err(refused(400, "same_email"));
        }
        if self.holder(to).is_some() || !self.spend(Purpose::EmailChange, to, None) {
            return Ok(accepted(None));
        }
        self.link(Kind::EmailChange(to), Some(account), EMAIL_CHANGE);
        Ok(accepted(Some(to)))
    }

    /// Gives an account another address, which its mail proved. Returns the address that it had.
    fn move_to(&mut self, account: usize, to: usize) -> Result<usize, Expected> {
        if self.holder(to).is_some_and(|holder| holder != account) {
            return Err(refused(409, "email_taken"));
        }
        let of = &mut self.accounts[account];
        let from = std::mem::replace(&mut of.address, to);
        of.is_verified = true;
        for address in [from, to] {
            self.pending.remove(&address);
        }
        self.end_all(account);
        Ok(from)
    }

    fn confirm_email(&mut self, proof: Proof) -> Outcome {
        let opened = self.follow(proof, |kind| matches!(kind, Kind::EmailChange(_)));
        let (Some(account), Some(Kind::EmailChange(to))) = (opened, self.kind(proof)) else {
            return Err(refused(400, "invalid_token"));
        };
        let from = self.move_to(account, to)?;
        let is_told = self.spend(Purpose::Notice, from, None);
        if is_told {
            self.link(Kind::Undo(from, self.now), Some(account), UNDO);
        }
        Ok(Expected {
            mail: is_told.then_some(from),
            ..done(200, Body::Account(account))
        })
    }

    fn undo_email(&mut self, proof: Proof) -> Outcome {
        let opened = self.follow(proof, |kind| matches!(kind, Kind::Undo(..)));
        let (Some(account), Some(Kind::Undo(to, left))) = (opened, self.kind(proof)) else {
            return Err(refused(400, "invalid_token"));
        };
        let from = self.move_to(account, to)?;
        self.accounts[account].password = None;
        for link in &mut self.links {
            let is_later = matches!(link.kind, Kind::Undo(_, at) if at >= left);
            link.has_ended |= link.account == Some(account) && is_later;
        }
        self.spend(Purpose::Notice, from, None);
        Ok(done(200, Body::Account(account)))
    }

    fn kind(&self, proof: Proof) -> Option<Kind> {
        match proof {
            Proof::Link(link) => Some(self.links[link].kind),
            _ => None,
        }
    }

    fn renew(&mut self, bearer: Bearer) -> Outcome {
        let (own, _) = self.signed_in(bearer)?;
        let until = (self.now + SESSION).min(self.sessions[own].created + LONGEST);
        if until <= self.now {
            return Err(refused(409, "not_renewable"));
        }
        let session = &mut self.sessions[own];
        session.expires = session.expires.max(until);
        self.tokens.push(Token {
            session: own,
            expires: until,
        });
        Ok(done(200, Body::Token(until - self.now)))
    }

    fn delete(&mut self, account: usize) -> Result<(), Expected> {
        if self.is_last_superuser(account) {
            return Err(refused(409, "last_superuser"));
        }
        self.accounts[account].exists = false;
        let address = self.accounts[account].address;
        self.failures.remove(&address);
        self.pending.remove(&address);
        Ok(())
    }

    fn administer(&mut self, account: usize, act: Act) -> Outcome {
        let now = self.now;
        let of = &mut self.accounts[account];
        let address = of.address;
        let shown = done(200, Body::Account(account));
        Ok(match act {
            Act::Get => shown,
            Act::SetActive(true) | Act::Unlock => {
                if !of.is_active {
                    (of.is_active, of.updated) = (true, now);
                }
                self.failures.remove(&address);
                if matches!(act, Act::Unlock) {
                    ok()
                } else {
                    shown
                }
            }
            Act::SetActive(false) => {
                if self.is_last_superuser(account) {
                    return Err(refused(409, "last_superuser"));
                }
                if self.accounts[account].is_active {
                    self.accounts[account].is_active = false;
                    self.end_all(account);
                }
                shown
            }
            Act::SetSuperuser(is_superuser) => {
                if !is_superuser && self.is_last_superuser(account) {
                    return Err(refused(409, "last_superuser"));
                }
                let of = &mut self.accounts[account];
                if of.is_superuser != is_superuser {
                    (of.is_superuser, of.updated) = (is_superuser, now);
                }
                shown
            }
            Act::SetVerified(is_verified) => {
                if of.is_verified != is_verified {
                    (of.is_verified, of.updated) = (is_verified, now);
                    if is_verified {
                        self.pending.remove(&address);
                    }
                }
                shown
            }
            Act::RevokeTokens => {
                self.end_all(account);
                ok()
            }
            Act::SetPassword(new) => {
                self.write_password(account, new);
                ok()
            }
            Act::SendReset if !of.is_active => return Err(refused(403, "account_disabled")),
            Act::SendReset => accepted(self.mail_reset(account)),
            Act::ResendVerification if of.is_verified => {
                return Err(refused(400, "already_verified"));
            }
            Act::ResendVerification => accepted(self.reverify(account)),
            Act::Delete => {
                self.delete(account)?;
                ok()
            }
        })
    }

    fn create(&mut self, new: NewAccount) -> Outcome {
        if self.holder(new.address).is_some() {
            return Err(refused(409, "email_taken"));
        }
        self.pending.remove(&new.address);
        self.accounts.push(Account {
            is_verified: new.is_verified,
            is_superuser: new.is_superuser,
            ..Account::new(new.address, new.password, self.now)
        });
        let account = self.accounts.len() - 1;
        if new.invite {
            self.link(Kind::Reset, Some(account), INVITE);
        }
        Ok(Expected {
            mail: new.invite.then_some(new.address),
            ..done(201, Body::Account(account))
        })
    }
}

fn is_right(right: Option<usize>, guess: Guess) -> bool {
    matches!(guess, Guess::Is(tried) if Some(tried) == right)
}
