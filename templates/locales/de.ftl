# German. Readers are addressed as little as possible, and as "Sie" where it can't be helped.

language-name = Deutsch
email-address = E-Mail-Adresse
password = Passwort
new-password = Neues Passwort
current-password = Aktuelles Passwort
full-name = Name
language = Sprache
optional = optional
code = Code
phone-number = Telefonnummer
log-in = Anmelden
log-out = Abmelden
back-to-log-in = Zurück zur Anmeldung
get-new-link = Neuen Link anfordern
send-link = Link senden
send-new-link = Neuen Link senden
send-code = Code senden
send-new-code = Neuen Code senden
contact-support = Support kontaktieren
cancel = Abbrechen
check-your-email = E-Mail prüfen
go-to-account = Zum Konto
already-have-account = Schon ein Konto?
needs-javascript = Diese Seite benötigt JavaScript. Bitte aktivieren und die Seite neu laden.
continue-to-app = Weiter zu { $app }
footer-help = Hilfe
footer-terms = Nutzungsbedingungen
footer-privacy = Datenschutz
footer-imprint = Impressum
page-description = Bei { $app } anmelden, ein Konto erstellen oder das eigene verwalten.

login-title = Anmelden
login-forgot = Passwort vergessen?
login-new-here = Neu hier?
login-create-account = Konto erstellen

register-title = Konto erstellen
register-submit = Konto erstellen
register-closed-title = Registrierung geschlossen
register-closed = Für { $app } ist eine Einladung nötig. Bitte an den Support wenden.
register-sent = Wir haben einen Link an { $email } gesendet. Bitte öffnen, um die E-Mail-Adresse zu bestätigen, und dann anmelden.
register-sent-email = Ihre E-Mail-Adresse
register-no-email = Keine E-Mail da? Bitte im Spam-Ordner nachsehen. Nur der neueste Link funktioniert.
register-wrong-email = Falsche E-Mail-Adresse?
register-change-email = Ändern

verify-title = E-Mail-Adresse bestätigen
verify-with-password = Bitte das bei der Registrierung gewählte Passwort eingeben.
verify-lead = Bitte bestätigen, dass diese E-Mail-Adresse Ihnen gehört.
verify-submit = E-Mail-Adresse bestätigen
verify-already = Schon bestätigt?
verify-done-title = E-Mail-Adresse bestätigt
verify-done = Das Konto ist bereit.
verify-new-title = Neuen Link anfordern
verify-new = E-Mail-Adresse eingeben und einen Link zum Bestätigen erhalten.

forgot-page-title = Passwort vergessen
forgot-title = Passwort vergessen?
forgot-lead = E-Mail-Adresse eingeben und einen Link zum Festlegen eines neuen Passworts erhalten.
forgot-sent = Falls es ein Konto mit { $email } gibt, ist ein Link unterwegs.
forgot-sent-email = dieser E-Mail-Adresse
forgot-no-email = Keine E-Mail da? Bitte im Spam-Ordner nachsehen oder { $link }.
forgot-no-email-link = eine andere E-Mail-Adresse versuchen

reset-title = Neues Passwort festlegen
reset-lead = Auf allen anderen Geräten werden Sie abgemeldet.
reset-submit = Passwort speichern

change-email-title = Neue E-Mail-Adresse bestätigen
change-email-lead = Künftig melden Sie sich mit dieser Adresse an. Auf allen Geräten werden Sie abgemeldet.
change-email-submit = Neue E-Mail-Adresse verwenden
change-email-done-title = E-Mail-Adresse geändert
change-email-done = Die Anmeldung erfolgt künftig mit { $email }.
change-email-done-email = der neuen E-Mail-Adresse

undo-title = Änderung der E-Mail-Adresse rückgängig machen
undo-lead = Das Konto bekommt seine alte E-Mail-Adresse zurück. Alle Geräte werden abgemeldet, und Sie legen ein neues Passwort fest.
undo-submit = Änderung rückgängig machen
undo-failed = Hilfe nötig? Bitte an den Support wenden.
undo-done-title = Die alte E-Mail-Adresse gilt wieder
undo-done = Das Konto hat wieder die E-Mail-Adresse { $email }, und alle Geräte sind abgemeldet. Bitte jetzt ein neues Passwort festlegen, damit nur Sie sich anmelden können.
undo-done-email = von vorher
undo-done-submit = Neues Passwort festlegen

invite-title = Willkommen bei { $app }
invite-lead = Bitte ein Passwort für das Konto wählen.
invite-submit = Passwort speichern
invite-dead = Bitte dort, wo die Einladung herkam, um eine neue bitten.

mfa-title = Code eingeben
mfa-lead = Wir haben einen { $digits }-stelligen Code an { $phone } gesendet. { $minutes ->
    [one] Er läuft in { $minutes } Minute ab.
   *[other] Er läuft in { $minutes } Minuten ab.
}
mfa-your-phone = Ihr Telefon
mfa-wrong-number = Falsche Nummer? Bitte an den Support wenden.
mfa-wrong-number-link = Falsche Nummer? { $link }

error-page-not-found-title = Seite nicht gefunden
error-page-not-found = Bitte die Adresse prüfen. Vielleicht wurde die Seite verschoben.
error-page-form-title = Das hat nicht geklappt
error-page-form = Das Formular wurde gesendet, bevor die Seite bereit war. Es wurde nichts geändert. Bitte JavaScript aktivieren, zurückgehen und die Seite neu laden.
error-page-busy-title = Gerade ist viel los
error-page-busy = Bitte kurz warten und die Seite neu laden.
error-page-broken-title = Etwas ist schiefgegangen
error-page-broken = Das Problem liegt bei uns. Bitte kurz warten und noch einmal versuchen.

me-title = Ihr Konto
me-profile = Profil
me-security = Sicherheit
me-change = Ändern
me-close = Schließen
me-member-since = Dabei seit
me-name-submit = Namen speichern
me-password-hint = Auf allen anderen Geräten werden Sie abgemeldet.
me-password-submit = Passwort ändern
me-email-hint = Wir senden einen Link an die neue E-Mail-Adresse. Bis er geöffnet wird, ändert sich nichts.
me-new-email = Neue E-Mail-Adresse
me-language-hint = In dieser Sprache zeigen wir die Seiten und schreiben unsere E-Mails.
me-language-submit = Sprache speichern
me-two-step = Bestätigung in zwei Schritten
me-phone-hint = Mit Landesvorwahl, zum Beispiel { $example }.
me-two-step-on = Aktivieren
me-two-step-off = Deaktivieren
me-phone-again = Andere Nummer verwenden
me-delete = Konto löschen
me-delete-hint = Das Konto und seine Daten werden endgültig gelöscht. Das lässt sich nicht rückgängig machen.
me-delete-title = Konto wirklich löschen?
me-delete-what = Das Konto { $email } wird endgültig gelöscht, mit Name, Telefonnummer und allen Anmeldungen. Das lässt sich nicht rückgängig machen.

js-notice-expired = Sie wurden abgemeldet. Bitte neu anmelden, um fortzufahren.
js-notice-left = Sie sind abgemeldet.
js-notice-language = Die Sprache wurde gespeichert.
js-notice-password = Das Passwort wurde geändert. Bitte mit dem neuen anmelden.
js-notice-invited = Das Passwort ist gespeichert. Jetzt anmelden und loslegen.
js-notice-deleted = Das Konto wurde gelöscht.
js-notice-code = Der Code ist abgelaufen oder wurde zu oft falsch eingegeben. Bitte neu anmelden, um einen neuen zu erhalten.

error-invalid_credentials = E-Mail-Adresse oder Passwort falsch. Gerade erst registriert? Dann zuerst den Link in unserer E-Mail öffnen.
error-account_disabled = Dieses Konto ist gesperrt. Bitte an den Support wenden.
error-email_unverified = Die E-Mail-Adresse ist noch nicht bestätigt.
error-locked = Zu viele Fehlversuche.
error-code_budget_spent = Zu viele falsche Codes.
error-rate_limited = Zu viele Versuche.
error-overloaded = Gerade ist viel los.
error-unavailable = Das ist gerade nicht verfügbar. Bitte bald noch einmal versuchen.
error-wrong_password = Falsches Passwort.
error-password_unchanged = Das ist schon Ihr Passwort. Bitte ein anderes wählen.
error-same_email = Das ist schon Ihre E-Mail-Adresse.
error-email_taken = Mit dieser E-Mail-Adresse gibt es schon ein Konto.
error-invalid_phone = Bitte eine Telefonnummer mit Landesvorwahl eingeben, zum Beispiel +44 20 7946 0018.
error-wrong_code = Falscher Code. Nur der neueste Code funktioniert.
error-code_expired = Der Code ist abgelaufen.
error-no_code = Dieser Code wurde schon verwendet, ersetzt oder zu oft falsch eingegeben.
error-invalid_token = Dieser Link ist abgelaufen oder wurde schon verwendet.
error-missing_token = Dieser Link ist unvollständig. Bitte noch einmal aus der E-Mail öffnen.
error-registration_disabled = Die Registrierung ist zurzeit geschlossen.
error-cross_site = Unter dieser Webadresse ist keine Anmeldung möglich. Bitte an den Support wenden.
error-last_superuser = Es gibt sonst keinen Administrator. Bitte zuerst jemand anderen dazu machen.
error-mfa_not_enabled = Die Bestätigung in zwei Schritten ist schon aus.
error-no_storage = Der Browser verhindert das Speichern für diese Website. Bitte erlauben, um angemeldet zu bleiben.
error-offline = Keine Internetverbindung. Bitte verbinden und noch einmal versuchen.
error-away = Der Server ist nicht erreichbar. Bitte gleich noch einmal versuchen.
error-late = Der Server braucht zu lange. Bitte erst prüfen, ob es geklappt hat, und dann noch einmal versuchen.
error-internal = Bei uns ist etwas schiefgegangen. Bitte gleich noch einmal versuchen.
error-other = Das hat nicht geklappt. Bitte die Seite neu laden und noch einmal versuchen.

js-quote-code = { $problem } Falls es öfter passiert, bitte diesen Code angeben: { $code }
js-wait = { $problem } Neuer Versuch möglich in { $time }.
js-wait-over = Jetzt ist ein neuer Versuch möglich.
js-working = Einen Moment …
js-again-in = In { $time } lässt sich eine neue Nachricht anfordern.
js-again-now = Jetzt lässt sich eine neue Nachricht anfordern.
js-unlock = { $link }, um das Konto sofort zu entsperren.
js-unlock-link = Passwort zurücksetzen
js-hours = { $hours } Std. { $minutes } Min.
js-minutes = { $minutes } Min. { $seconds } Sek.
js-seconds = { $seconds } Sek.
js-try-again = Noch einmal versuchen
js-get-new-link = Neuen Link anfordern
js-log-in = Anmelden
js-cancel = Abbrechen
js-confirm = Bestätigen
js-confirm-asked = Bitte bestätigen, dass die Anfrage von Ihnen kommt.

js-show = Anzeigen
js-hide = Verbergen
js-show-password = Passwort anzeigen
js-hide-password = Passwort verbergen
js-password-rule = { $count ->
    [one] Mindestens { $count } Zeichen. Am besten sind einige Wörter ohne Zusammenhang.
   *[other] Mindestens { $count } Zeichen. Am besten sind einige Wörter ohne Zusammenhang.
}
js-enter-password = Bitte das Passwort eingeben.
js-choose-password = Bitte ein Passwort wählen.
js-enter-email = Bitte die E-Mail-Adresse eingeben.
js-enter-new_email = Bitte die neue E-Mail-Adresse eingeben.
js-enter-code = Bitte den Code eingeben.
js-enter-phone_number = Bitte die Telefonnummer eingeben.
js-required = Pflichtfeld: { $field }
js-digits-only = Bitte nur Ziffern eingeben.
js-password-short = { $count ->
    [one] Bitte mindestens { $count } Zeichen verwenden.
   *[other] Bitte mindestens { $count } Zeichen verwenden.
}
js-too-short = { $count ->
    [one] { $field }: mindestens { $count } Zeichen.
   *[other] { $field }: mindestens { $count } Zeichen.
}
js-too-long = { $count ->
    [one] { $field }: höchstens { $count } Zeichen.
   *[other] { $field }: höchstens { $count } Zeichen.
}
js-too-long-unknown = { $field }: zu lang.
js-password-weak = Dieses Passwort ist zu leicht zu erraten. Am besten sind einige Wörter ohne Zusammenhang.
js-format = { $field }: falsches Format.
js-email-format = Bitte eine E-Mail-Adresse wie ada@example.com eingeben.
js-field = Feld

js-verify-sent = Wir haben einen Link an { $email } gesendet. Bitte öffnen, um die E-Mail-Adresse zu bestätigen.
js-verify-resent = Falls diese E-Mail-Adresse noch nicht bestätigt ist, ist ein neuer Link unterwegs.
js-verify-done = Die E-Mail-Adresse ist bestätigt. Jetzt ist die Anmeldung möglich.
js-forgot-sent = Falls es ein Konto mit dieser E-Mail-Adresse gibt, ist ein Link unterwegs.
js-email-changed = Die E-Mail-Adresse wurde geändert. Bitte mit der neuen anmelden.
js-email-undone = Die alte E-Mail-Adresse gilt wieder. Bitte jetzt ein neues Passwort festlegen.
js-password-changed = Das Passwort wurde geändert. Auf allen anderen Geräten sind Sie abgemeldet.
js-email-change-sent = Wir haben einen Link an { $email } gesendet. Bitte öffnen, um die E-Mail-Adresse zu ändern.
js-name-saved = Der Name wurde gespeichert.
js-name-missing = Nicht angegeben
js-yes = Ja
js-no = Nein
js-confirmed = Bestätigt
js-unconfirmed = Nicht bestätigt
js-on = Ein
js-off = Aus
js-delete-sure = Konto löschen? Das lässt sich nicht rückgängig machen.
js-delete = Konto löschen
js-still-logged-in = Sie sind noch angemeldet. { $problem }
js-code-sent = Wir haben einen Code an { $phone } gesendet.
js-code-resent = Wir haben einen neuen Code gesendet. Der alte gilt nicht mehr.
js-code-again = { $problem } Bitte einen neuen anfordern.
js-two-step-is-on = An. Bei der Anmeldung senden wir einen Code an { $phone }.
js-two-step-is-off = Aus. Ist sie an, braucht die Anmeldung das Passwort und einen Code, den wir an Ihr Telefon senden.
js-two-step-turned-on = Die Bestätigung in zwei Schritten ist an. Bei der Anmeldung fragen wir nach einem Code.
js-two-step-turned-off = Die Bestätigung in zwei Schritten ist aus. Ihre Telefonnummer wurde entfernt.

mail-hello = Guten Tag,
mail-hello-name = Guten Tag, { $name },
mail-button-broken = Die Schaltfläche funktioniert nicht? Kopieren Sie diesen Link in Ihren Browser:
mail-link-lifetime = Der Link funktioniert einmal und läuft in { $lifetime } ab.
mail-lifetime-minutes = { $count ->
    [one] { $count } Minute
   *[other] { $count } Minuten
}
mail-lifetime-hours = { $count ->
    [one] { $count } Stunde
   *[other] { $count } Stunden
}
mail-lifetime-days = { $count ->
    [one] { $count } Tag
   *[other] { $count } Tagen
}
mail-time = { $day }. { $month ->
    [1] Januar
    [2] Februar
    [3] März
    [4] April
    [5] Mai
    [6] Juni
    [7] Juli
    [8] August
    [9] September
    [10] Oktober
    [11] November
   *[12] Dezember
} { $year }, { $clock } Uhr UTC
mail-when = Wann: { $time }
mail-from = Von: IP-Adresse { $ip }
mail-by-administrator = Von: Administrator von { $app }
mail-reset-now = Passwort zurücksetzen
mail-support = Haben Sie Fragen? Schreiben Sie an { $email }.

mail-why-account = Sie erhalten diese E-Mail, weil { $email } ein Konto bei { $app } hat.
mail-why-former = Sie erhalten diese E-Mail, weil { $email } die E-Mail-Adresse eines Kontos bei { $app } war.
mail-why-entered = Sie erhalten diese E-Mail, weil jemand { $email } bei { $app } eingegeben hat.
mail-why-invited = Sie erhalten diese E-Mail, weil bei { $app } ein Konto für { $email } angelegt wurde.

mail-verification-subject = Bestätigen Sie Ihre E-Mail-Adresse für { $app }
mail-verification-title = Bestätigen Sie Ihre E-Mail-Adresse
mail-verification = Willkommen bei { $app }! Bestätigen Sie, dass { $email } Ihre E-Mail-Adresse ist.
mail-verification-button = E-Mail-Adresse bestätigen
mail-verification-unasked = Sie haben sich nicht registriert? Dann ignorieren Sie diese E-Mail.

mail-reset-subject = Setzen Sie Ihr Passwort für { $app } zurück
mail-reset-title = Legen Sie ein neues Passwort fest
mail-reset = Jemand möchte das Passwort für { $email } bei { $app } zurücksetzen. Wenn Sie ein neues Passwort festlegen, werden Sie auf allen Geräten abgemeldet.
mail-reset-button = Neues Passwort festlegen
mail-reset-unasked = Das waren nicht Sie? Dann ignorieren Sie diese E-Mail. Ihr Passwort bleibt unverändert.

mail-change-email-subject = Bestätigen Sie Ihre neue E-Mail-Adresse für { $app }
mail-change-email-title = Bestätigen Sie Ihre neue E-Mail-Adresse
mail-change-email = Bestätigen Sie, dass { $email } Ihre neue E-Mail-Adresse bei { $app } ist. Sie werden auf allen Geräten abgemeldet und melden sich danach mit dieser E-Mail-Adresse an.
mail-change-email-button = Neue E-Mail-Adresse bestätigen
mail-change-email-unasked = Sie haben das nicht angefordert? Dann ignorieren Sie diese E-Mail. Es ändert sich nichts, solange Sie den Link nicht öffnen und bestätigen.

mail-invite-subject = Sie sind zu { $app } eingeladen
mail-invite-title = Ihr Konto ist bereit
mail-invite = Sie sind zu { $app } eingeladen. Wir haben ein Konto für { $email } angelegt. Wählen Sie ein Passwort, um sich anzumelden.
mail-invite-button = Passwort wählen
mail-invite-unasked = Sie wissen nicht, worum es geht? Dann ignorieren Sie diese E-Mail.

mail-taken-subject = Sie haben bereits ein Konto bei { $app }
mail-taken-title = Sie haben bereits ein Konto
mail-taken = Jemand hat versucht, sich mit { $email } bei { $app } zu registrieren. Mit dieser E-Mail-Adresse haben Sie bereits ein Konto. Deshalb haben wir kein neues angelegt.
mail-taken-you = Waren Sie das?
mail-taken-you-do = Melden Sie sich wie gewohnt an, oder setzen Sie Ihr Passwort zurück, falls Sie es vergessen haben.
mail-taken-unasked = Das waren nicht Sie? Dann ignorieren Sie diese E-Mail. An Ihrem Konto hat sich nichts geändert.

mail-moved-subject = Ihre E-Mail-Adresse wurde geändert
mail-moved-title = Ihre E-Mail-Adresse wurde geändert
mail-moved = Ihr Konto bei { $app } hat jetzt die E-Mail-Adresse { $email }. { $old } gehört nicht mehr dazu.
mail-moved-undo = Holen Sie sich Ihr Konto innerhalb von 7 Tagen zurück:
mail-moved-button = Änderung rückgängig machen
mail-moved-undo-more = Damit gilt wieder Ihre alte E-Mail-Adresse, alle Geräte werden abgemeldet, und Sie legen ein neues Passwort fest. Der Link funktioniert einmal. Brauchen Sie Hilfe? Wenden Sie sich an den Support.
mail-moved-support = Möglicherweise nutzt jemand anderes Ihr Konto. Wenden Sie sich sofort an den Support.

mail-notice = Es geht um das Konto { $email } bei { $app }.
mail-notice-you = Waren Sie das? Dann ignorieren Sie diese E-Mail.
mail-notice-not-you = Das waren nicht Sie?
notice-password = Ihr Passwort wurde geändert.
notice-password-remedy = Möglicherweise nutzt jemand anderes Ihr Konto. Setzen Sie jetzt Ihr Passwort zurück. Damit werden alle Geräte abgemeldet. Falls das nicht möglich ist, wenden Sie sich an den Support.
notice-email = Die Änderung Ihrer E-Mail-Adresse wurde rückgängig gemacht.
notice-email-remedy = Jemand mit Zugang zur früheren E-Mail-Adresse des Kontos hat die Änderung rückgängig gemacht. Falls das nicht stimmt, wenden Sie sich an den Support.
notice-second-factor-added = Die Bestätigung in zwei Schritten wurde aktiviert.
notice-second-factor-added-remedy = Möglicherweise nutzt jemand anderes Ihr Konto, und die Anmeldecodes gehen an ein fremdes Telefon. Setzen Sie jetzt Ihr Passwort zurück, und wenden Sie sich dann an den Support.
notice-second-factor-moved = Ihre Telefonnummer für die Bestätigung in zwei Schritten wurde geändert.
notice-second-factor-moved-remedy = Möglicherweise nutzt jemand anderes Ihr Konto, und die Anmeldecodes gehen an ein fremdes Telefon. Setzen Sie jetzt Ihr Passwort zurück, und wenden Sie sich dann an den Support.
notice-second-factor-removed = Die Bestätigung in zwei Schritten wurde deaktiviert.
notice-second-factor-removed-remedy = Möglicherweise nutzt jemand anderes Ihr Konto. Setzen Sie jetzt Ihr Passwort zurück, und aktivieren Sie danach wieder die Bestätigung in zwei Schritten.

sms-phone-setup = { $app }: Ihr Bestätigungscode ist { $code }. Er läuft in { $minutes } Min. ab.
sms-login = { $app }: Ihr Anmeldecode ist { $code }. Er läuft in { $minutes } Min. ab. Geben Sie ihn nicht weiter.
