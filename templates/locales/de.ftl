# German, with "Sie" and full sentences; buttons and links are infinitives ("Link senden"). "Anmelden" is logging in,
# "registrieren" signing up, "aktivieren" turning on.

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
check-your-email = Sehen Sie in Ihrem Postfach nach
go-to-account = Zu Ihrem Konto
already-have-account = Haben Sie bereits ein Konto?
needs-javascript = Diese Seite benötigt JavaScript. Aktivieren Sie es und laden Sie die Seite neu.
continue-to-app = Weiter zu { $app }
footer-help = Hilfe
footer-terms = Nutzungsbedingungen
footer-privacy = Datenschutz
footer-imprint = Impressum
page-description = Melden Sie sich bei { $app } an, erstellen Sie ein Konto oder verwalten Sie Ihr Konto.

login-title = Anmelden
login-forgot = Passwort vergessen?
login-new-here = Noch kein Konto?
login-create-account = Konto erstellen
login-passkey = Mit Passkey anmelden

register-title = Konto erstellen
register-submit = Konto erstellen
register-closed-title = Die Registrierung ist geschlossen
register-closed = Für { $app } brauchen Sie eine Einladung. Wenden Sie sich an den Support.
register-sent = Wir haben einen Link an { $email } gesendet. Öffnen Sie ihn, um Ihre E-Mail-Adresse zu bestätigen.
register-sent-email = Ihre E-Mail-Adresse
register-no-email = Keine E-Mail erhalten? Sehen Sie im Spam-Ordner nach. Nur der neueste Link funktioniert.
register-wrong-email = Falsche E-Mail-Adresse?
register-change-email = Ändern

verify-title = Bestätigen Sie Ihre E‑Mail-Adresse
verify-with-password = Geben Sie das Passwort ein, das Sie bei der Registrierung gewählt haben.
verify-lead = Bestätigen Sie, dass diese E-Mail-Adresse Ihnen gehört.
verify-submit = E-Mail-Adresse bestätigen
verify-already = Bereits bestätigt?
verify-done-title = Ihre E‑Mail-Adresse ist bestätigt
verify-done = Ihr Konto ist bereit.
verify-new-title = Neuen Link anfordern
verify-new = Geben Sie Ihre E-Mail-Adresse ein. Wir senden Ihnen einen Link, mit dem Sie sie bestätigen.

forgot-page-title = Passwort vergessen
forgot-title = Passwort vergessen?
forgot-lead = Geben Sie Ihre E-Mail-Adresse ein. Wir senden Ihnen einen Link, mit dem Sie ein neues Passwort festlegen.
forgot-sent = Falls es ein Konto mit { $email } gibt, ist ein Link unterwegs.
forgot-sent-email = dieser E-Mail-Adresse
forgot-no-email = Keine E-Mail erhalten? Sehen Sie im Spam-Ordner nach oder { $link }.
forgot-no-email-link = versuchen Sie es mit einer anderen E-Mail-Adresse

reset-title = Legen Sie ein neues Passwort fest
reset-lead = Sie werden auf allen anderen Geräten abgemeldet.
reset-submit = Passwort speichern

change-email-title = Bestätigen Sie Ihre neue E‑Mail-Adresse
change-email-lead = Künftig melden Sie sich mit dieser E-Mail-Adresse an. Sie werden auf allen Geräten abgemeldet.
change-email-submit = Neue E-Mail-Adresse verwenden
change-email-done-title = Ihre E‑Mail-Adresse wurde geändert
change-email-done = Melden Sie sich künftig mit { $email } an.
change-email-done-email = Ihrer neuen E-Mail-Adresse

undo-title = Änderung der E‑Mail-Adresse rückgängig machen
undo-lead = Ihr Konto erhält wieder seine alte E-Mail-Adresse. Alle Geräte werden abgemeldet, und Sie legen ein neues Passwort fest.
undo-submit = Änderung rückgängig machen
undo-failed = Brauchen Sie Hilfe? Wenden Sie sich an den Support.
undo-failed-link = Brauchen Sie Hilfe? { $link }
undo-done-title = Ihre alte E‑Mail-Adresse gilt wieder
undo-done = Ihr Konto hat wieder die E-Mail-Adresse { $email }, und alle Geräte sind abgemeldet. Legen Sie jetzt ein neues Passwort fest, damit nur Sie sich anmelden können.
undo-done-email = von vorher
undo-done-submit = Neues Passwort festlegen

invite-title = Willkommen bei { $app }
invite-lead = Wählen Sie ein Passwort für Ihr Konto.
invite-submit = Passwort speichern
invite-passkey = Passkey erstellen
invite-dead = Bitten Sie die Person, die Sie eingeladen hat, um eine neue Einladung.

mfa-title = Geben Sie den Code ein
mfa-lead = Wir haben einen { $digits }-stelligen Code an { $phone } gesendet. { $minutes ->
    [one] Er läuft in { $minutes } Minute ab.
   *[other] Er läuft in { $minutes } Minuten ab.
}
mfa-your-phone = Ihr Telefon
mfa-wrong-number = Falsche Nummer? Wenden Sie sich an den Support.
mfa-wrong-number-link = Falsche Nummer? { $link }
mfa-lead-app = Geben Sie den 6-stelligen Code aus Ihrer Authenticator-App ein.
mfa-lead-recovery = Geben Sie einen Ihrer Wiederherstellungscodes ein. Jeder Code funktioniert einmal.
mfa-recovery-code = Wiederherstellungscode
mfa-use-app = Authenticator-App verwenden
mfa-use-sms = Code an Ihr Telefon senden
mfa-use-recovery = Wiederherstellungscode verwenden

error-page-not-found-title = Seite nicht gefunden
error-page-not-found = Prüfen Sie die Webadresse. Möglicherweise wurde die Seite verschoben.
error-page-form-title = Das hat nicht geklappt
error-page-form = Das Formular wurde gesendet, bevor die Seite bereit war. Es wurde nichts geändert. Aktivieren Sie JavaScript, gehen Sie zurück und laden Sie die Seite neu.
error-page-busy-title = Gerade ist viel los
error-page-busy = Warten Sie einen Moment und laden Sie die Seite neu.
error-page-broken-title = Etwas ist schiefgegangen
error-page-broken = Das Problem liegt bei uns. Warten Sie einen Moment und versuchen Sie es noch einmal.

me-title = Ihr Konto
me-profile = Profil
me-security = Sicherheit
me-change = Ändern
me-close = Schließen
me-member-since = Mitglied seit
me-name-submit = Namen speichern
me-password-hint = Sie werden auf allen anderen Geräten abgemeldet.
me-password-submit = Passwort ändern
me-email-hint = Wir senden einen Link an Ihre neue E-Mail-Adresse. Es ändert sich nichts, bis Sie ihn öffnen.
me-new-email = Neue E-Mail-Adresse
me-language-hint = In dieser Sprache zeigen wir die Seiten und schreiben unsere E-Mails.
me-language-submit = Sprache speichern
me-two-step = Bestätigung in zwei Schritten
me-phone-hint = Geben Sie die Landesvorwahl mit an, zum Beispiel { $example }.
me-two-step-on = Aktivieren
me-two-step-off = Deaktivieren
me-phone-again = Andere Nummer verwenden
me-sessions = Wo Sie angemeldet sind
me-sessions-hint = Unbekanntes Gerät? Melden Sie es ab, und ändern Sie Ihr Passwort.
me-sessions-end-others = Auf allen anderen Geräten abmelden
continue-with = Weiter mit { $provider }
or = oder
oauth-title = Anmeldung läuft
oauth-working = Das dauert nur einen Moment.
me-providers = Verknüpfte Konten
me-providers-hint = Melden Sie sich mit einem Konto an, das Sie woanders haben.
me-sms = Codes per SMS
me-app = Authenticator-App
me-app-hint = Verwenden Sie eine App, die alle 30 Sekunden einen neuen Code anzeigt.
me-app-start = App einrichten
me-app-scan = Scannen Sie den QR-Code mit Ihrer App, und geben Sie dann die 6 Ziffern ein, die sie anzeigt.
me-app-type = Sie können den Code nicht scannen? Geben Sie diesen Schlüssel ein:
me-app-remove = App entfernen
me-codes = Wiederherstellungs­codes
me-codes-hint = Damit melden Sie sich an, wenn Sie keinen anderen Code haben. Wenn Sie neue erstellen, funktionieren die alten nicht mehr.
me-codes-new = Neue Codes erstellen
me-passkeys = Passkeys
me-passkeys-hint = Melden Sie sich mit Fingerabdruck, Gesicht oder Displaysperre statt mit einem Passwort an.
me-passkey-name = Name, zum Beispiel das Gerät
me-passkey-add = Passkey hinzufügen
me-passkey-rename = Passkey umbenennen
me-passkey-remove = Passkey entfernen
me-passkey-password-hint = Nicht nötig, wenn Sie sich in den letzten fünf Minuten mit einem Passkey angemeldet haben.
codes-title = Speichern Sie Ihre Wiederherstellungs­codes
codes-lead = Mit jedem Code können Sie sich einmal anmelden, wenn Sie Ihr Telefon nicht dabeihaben. Bewahren Sie die Codes sicher auf. Wir zeigen sie nicht noch einmal an.
codes-copy = Kopieren
codes-download = Herunterladen
codes-print = Drucken
codes-done = Ich habe die Codes gespeichert
me-data = Ihre Daten
me-data-hint = Eine Datei mit allem, was zu Ihrem Konto gespeichert ist.
me-data-download = Ihre Daten herunterladen
me-delete = Konto löschen
me-delete-hint = Damit werden Ihr Konto und seine Daten endgültig gelöscht. Das lässt sich nicht rückgängig machen.
me-delete-title = Möchten Sie Ihr Konto löschen?
me-delete-what = Ihr Konto { $email } wird mit Name, Telefonnummer und allen Sitzungen endgültig gelöscht. Das lässt sich nicht rückgängig machen.

js-notice-expired = Sie wurden abgemeldet. Melden Sie sich an, um fortzufahren.
js-notice-left = Sie sind abgemeldet.
js-notice-language = Ihre Sprache wurde gespeichert.
js-notice-password = Ihr Passwort wurde geändert. Melden Sie sich mit dem neuen an.
js-notice-invited = Ihr Passwort ist gespeichert. Melden Sie sich an, um loszulegen.
js-notice-passkey = Ihr Passkey ist gespeichert. Melden Sie sich damit an, um loszulegen.
js-notice-deleted = Ihr Konto wurde gelöscht.
js-notice-code = Der Code ist abgelaufen oder wurde zu oft falsch eingegeben. Melden Sie sich erneut an, um einen neuen zu erhalten.

error-invalid_credentials = E-Mail-Adresse oder Passwort ist falsch. Gerade erst registriert? Öffnen Sie zuerst den Link in unserer E-Mail.
error-account_disabled = Dieses Konto ist deaktiviert. Wenden Sie sich an den Support.
error-email_unverified = Sie haben Ihre E-Mail-Adresse noch nicht bestätigt.
error-locked = Zu viele Fehlversuche.
error-code_budget_spent = Zu viele falsche Codes.
error-rate_limited = Zu viele Versuche.
error-overloaded = Bei uns ist gerade viel los.
error-unavailable = Das ist gerade nicht verfügbar. Versuchen Sie es später noch einmal.
error-wrong_password = Falsches Passwort.
error-password_unchanged = Das ist bereits Ihr Passwort. Wählen Sie ein anderes.
error-same_email = Das ist bereits Ihre E-Mail-Adresse.
error-email_taken = Mit dieser E-Mail-Adresse gibt es bereits ein Konto.
error-invalid_phone = Geben Sie eine Telefonnummer mit Landesvorwahl ein, zum Beispiel +44 20 7946 0018.
error-wrong_code = Falscher Code. Nur der neueste Code funktioniert.
error-wrong_recovery_code = Falscher Wiederherstellungscode. Jeder Code funktioniert nur einmal.
error-code_expired = Der Code ist abgelaufen.
error-no_code = Dieser Code wurde bereits verwendet, ersetzt oder zu oft falsch eingegeben.
error-invalid_token = Dieser Link ist abgelaufen oder wurde bereits verwendet.
error-missing_token = Dieser Link ist unvollständig. Öffnen Sie ihn noch einmal aus der E-Mail.
error-registration_disabled = Die Registrierung ist zurzeit geschlossen.
error-cross_site = Unter dieser Webadresse können Sie sich nicht anmelden. Wenden Sie sich an den Support.
error-last_superuser = Sonst hat niemand Administratorrechte. Erteilen Sie sie zuerst einer anderen Person.
error-mfa_not_enabled = Die Bestätigung in zwei Schritten ist bereits deaktiviert.
error-passkey_refused = Dieser Passkey funktioniert hier nicht. Melden Sie sich anders an.
error-invalid_passkey = Der Passkey wurde nicht hinzugefügt. Versuchen Sie es noch einmal.
error-passkey_taken = Dieser Passkey wurde bereits hinzugefügt.
error-too_many_passkeys = Sie haben 20 Passkeys, mehr sind nicht möglich. Entfernen Sie zuerst einen.
error-password_only = Dieses Konto hat ein Passwort oder eine Bestätigung in zwei Schritten. Wählen Sie stattdessen ein neues Passwort.
error-last_way_in = Nur damit können Sie sich anmelden. Fügen Sie zuerst eine andere Möglichkeit hinzu.
error-reauthentication_required = Geben Sie Ihr Passwort ein.
error-no_passkey = Es wurde kein Passkey verwendet.
error-passkey_late = Das hat zu lange gedauert. Versuchen Sie es noch einmal.
error-oauth_failed = Das hat nicht geklappt. Versuchen Sie es noch einmal, oder melden Sie sich anders an.
error-access_denied = Sie haben die Anmeldung nicht erlaubt. Versuchen Sie es noch einmal, oder melden Sie sich anders an.
error-bad_state = Diese Anmeldung ist abgelaufen oder wurde schon verwendet. Beginnen Sie noch einmal.
error-provider_unavailable = Dieser Anbieter ist gerade nicht erreichbar. Melden Sie sich anders an, oder versuchen Sie es später noch einmal.
error-provider_email_unverified = Dieser Anbieter hat Ihre E-Mail-Adresse nicht bestätigt. Bestätigen Sie sie dort, oder registrieren Sie sich mit einem Passwort.
error-email_not_reached = Die E-Mail-Adresse, die Sie dort haben, ist für uns nicht erreichbar. Registrieren Sie sich mit einer anderen.
error-email_in_use = Mit dieser E-Mail-Adresse gibt es schon ein Konto. Melden Sie sich dort an, und verknüpfen Sie den Anbieter auf Ihrer Kontoseite.
error-identity_in_use = Diese Anmeldung gehört schon zu einem anderen Konto.
error-provider_in_use = Ihr Konto ist bei diesem Anbieter schon mit jemand anderem verknüpft. Trennen Sie das zuerst.
error-already_linked = Diese Anmeldung ist schon mit Ihrem Konto verknüpft.
error-user_inactive = Dieses Konto ist gesperrt. Wenden Sie sich an den Support.
error-session_ended = Sie wurden inzwischen abgemeldet. Melden Sie sich an, und versuchen Sie es noch einmal.
error-old_login = Melden Sie sich zu Ihrer Sicherheit neu an, bevor Sie das ändern.
error-no_storage = Ihr Browser blockiert das Speichern für diese Website. Erlauben Sie es, um angemeldet zu bleiben.
error-offline = Sie sind offline. Verbinden Sie sich mit dem Internet und versuchen Sie es noch einmal.
error-away = Der Server ist nicht erreichbar. Versuchen Sie es gleich noch einmal.
error-late = Der Server braucht zu lange für eine Antwort. Prüfen Sie, ob es geklappt hat, bevor Sie es noch einmal versuchen.
error-internal = Bei uns ist etwas schiefgegangen. Versuchen Sie es gleich noch einmal.
error-other = Das hat nicht geklappt. Laden Sie die Seite neu und versuchen Sie es noch einmal.

js-quote-code = { $problem } Falls das öfter passiert, nennen Sie uns diesen Code: { $code }
js-wait = { $problem } Sie können es in { $time } noch einmal versuchen.
js-wait-over = Sie können es jetzt noch einmal versuchen.
js-working = Einen Moment …
js-again-in = Sie können in { $time } eine neue Nachricht anfordern.
js-again-now = Sie können jetzt eine neue Nachricht anfordern.
js-unlock = { $link }, um Ihr Konto sofort zu entsperren.
js-unlock-link = Setzen Sie Ihr Passwort zurück
js-hours = { $hours } Std. { $minutes } Min.
js-minutes = { $minutes } Min. { $seconds } Sek.
js-seconds = { $seconds } Sek.
js-try-again = Noch einmal versuchen
js-get-new-link = Neuen Link anfordern
js-log-in = Anmelden
js-cancel = Abbrechen
js-confirm = Bestätigen
js-confirm-asked = Bestätigen Sie, dass Sie das angefordert haben.

js-show = Anzeigen
js-hide = Ausblenden
js-show-password = Passwort anzeigen
js-hide-password = Passwort ausblenden
js-password-rule = { $count ->
    [one] Mindestens { $count } Zeichen. Am besten sind einige Wörter ohne Zusammenhang.
   *[other] Mindestens { $count } Zeichen. Am besten sind einige Wörter ohne Zusammenhang.
}
js-enter-password = Geben Sie Ihr Passwort ein.
js-choose-password = Wählen Sie ein Passwort.
js-enter-email = Geben Sie Ihre E-Mail-Adresse ein.
js-enter-new_email = Geben Sie Ihre neue E-Mail-Adresse ein.
js-enter-code = Geben Sie den Code ein.
js-enter-recovery_code = Geben Sie einen Wiederherstellungscode ein.
js-enter-phone_number = Geben Sie Ihre Telefonnummer ein.
js-required = Pflichtfeld: { $field }
js-digits-only = Geben Sie nur Ziffern ein.
js-password-short = { $count ->
    [one] Verwenden Sie mindestens { $count } Zeichen.
   *[other] Verwenden Sie mindestens { $count } Zeichen.
}
js-too-short = { $count ->
    [one] { $field }: mindestens { $count } Zeichen.
   *[other] { $field }: mindestens { $count } Zeichen.
}
js-too-long = { $count ->
    [one] { $field }: höchstens { $count } Zeichen.
   *[other] { $field }: höchstens { $count } Zeichen.
}
js-too-long-unknown = { $field }: Der Text ist zu lang.
js-password-weak = Dieses Passwort ist zu leicht zu erraten. Am besten sind einige Wörter ohne Zusammenhang.
js-format = { $field }: Das Format stimmt nicht.
js-email-format = Geben Sie eine E-Mail-Adresse wie ada@example.com ein.
js-email-unreached = E-Mails erreichen diese Adresse nicht. Verwenden Sie eine ohne Sonderzeichen vor dem @.
js-field = Dieses Feld

js-verify-sent = Wir haben einen Link an { $email } gesendet. Öffnen Sie ihn, um Ihre E-Mail-Adresse zu bestätigen.
js-verify-resent = Falls diese E-Mail-Adresse noch bestätigt werden muss, ist ein neuer Link unterwegs.
js-verify-done = Ihre E-Mail-Adresse ist bestätigt. Sie können sich jetzt anmelden.
js-forgot-sent = Falls es ein Konto mit dieser E-Mail-Adresse gibt, ist ein Link unterwegs.
js-email-changed = Ihre E-Mail-Adresse wurde geändert. Melden Sie sich mit der neuen an.
js-email-undone = Ihre alte E-Mail-Adresse gilt wieder. Legen Sie jetzt ein neues Passwort fest.
js-password-changed = Ihr Passwort wurde geändert. Sie sind auf allen anderen Geräten abgemeldet.
js-session-unknown = Unbekanntes Gerät
js-session-current = Dieses Gerät
js-session-seen = Zuletzt verwendet: { $time }
js-session-since = Angemeldet: { $time } ({ $method })
js-session-from = IP-Adresse { $ip }
js-session-by-password = Passwort
js-session-by-password-sms = Passwort und SMS-Code
js-session-by-password-totp = Passwort und Authenticator-App
js-session-by-password-recovery-code = Passwort und Wiederherstellungscode
js-session-by-passkey = Passkey
js-session-end = Abmelden
js-session-end-named = { $device } abmelden
js-session-ended = { $device } wurde abgemeldet.
js-sessions-ended = Sie wurden auf allen anderen Geräten abgemeldet.
js-provider-none = Nicht verknüpft
js-provider-since = Verknüpft am { $time }
js-provider-link = Verknüpfen
js-provider-link-named = { $provider } verknüpfen
js-provider-linked = Sie können sich jetzt mit { $provider } anmelden.
js-provider-unlink = Trennen
js-provider-unlink-named = { $provider } trennen
js-provider-unlink-sure = { $provider } trennen? Sie können sich dann nicht mehr damit anmelden.
js-provider-unlinked = { $provider } ist getrennt.
js-email-change-sent = Wir haben einen Link an { $email } gesendet. Öffnen Sie ihn, um Ihre E-Mail-Adresse zu ändern.
js-name-saved = Ihr Name wurde gespeichert.
js-name-missing = Nicht angegeben
js-yes = Ja
js-no = Nein
js-confirmed = Bestätigt
js-unconfirmed = Nicht bestätigt
js-on = Ein
js-off = Aus
js-delete-sure = Möchten Sie Ihr Konto löschen? Das lässt sich nicht rückgängig machen.
js-delete = Konto löschen
js-still-logged-in = Sie sind noch angemeldet. { $problem }
js-code-sent = Wir haben einen Code an { $phone } gesendet.
js-code-resent = Wir haben einen neuen Code gesendet. Der alte gilt nicht mehr.
js-code-again = { $problem } Fordern Sie einen neuen an.
js-two-step-is-on = Aktiviert. Bei der Anmeldung senden wir einen Code an { $phone }.
js-two-step-is-off = Deaktiviert. Aktivieren Sie sie, um sich mit Ihrem Passwort und einem Code anzumelden, den wir an Ihr Telefon senden.
js-two-step-turned-on = Die Bestätigung in zwei Schritten ist aktiviert. Wir fragen bei der Anmeldung nach einem Code.
js-two-step-turned-off = Die Bestätigung in zwei Schritten ist deaktiviert. Wir haben Ihre Telefonnummer entfernt.
js-app-on = Ihre Authenticator-App ist eingerichtet. Bei der Anmeldung fragen wir nach einem Code aus der App.
js-app-removed = Ihre Authenticator-App wurde entfernt.
js-codes-left = { $count ->
    [one] Noch { $count } Code übrig
   *[other] Noch { $count } Codes übrig
}
js-codes-copied = Kopiert.
js-app-qr = QR-Code für Ihre Authenticator-App
js-passkeys-count = { $count ->
    [one] { $count } Passkey
   *[other] { $count } Passkeys
}
js-passkeys-none = Keine
js-passkey-added = Passkey hinzugefügt.
js-passkey-renamed = Passkey umbenannt.
js-passkey-removed = Passkey entfernt.
js-passkey-made = Hinzugefügt: { $time }
js-passkey-used = Zuletzt verwendet: { $time }
js-passkey-unused = Noch nie verwendet
js-passkey-unnamed = Passkey
js-passkey-rename = Umbenennen
js-passkey-rename-named = { $name } umbenennen
js-passkey-remove = Entfernen
js-passkey-remove-named = { $name } entfernen

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
mail-by-administrator = Von: Administration von { $app }
mail-reset-now = Passwort zurücksetzen
mail-support = Haben Sie Fragen? Schreiben Sie an { $email }.

mail-why-account = Sie erhalten diese E-Mail, weil es für { $email } ein Konto bei { $app } gibt.
mail-why-former = Sie erhalten diese E-Mail, weil { $email } die E-Mail-Adresse eines Kontos bei { $app } war.
mail-why-entered = Sie erhalten diese E-Mail, weil jemand { $email } bei { $app } eingegeben hat.
mail-why-invited = Sie erhalten diese E-Mail, weil bei { $app } ein Konto für { $email } angelegt wurde.

mail-verification-subject = Bestätigen Sie Ihre E-Mail-Adresse für { $app }
mail-verification-title = Bestätigen Sie Ihre E‑Mail-Adresse
mail-verification = Willkommen bei { $app }! Bestätigen Sie, dass { $email } Ihre E-Mail-Adresse ist.
mail-verification-button = E-Mail-Adresse bestätigen
mail-verification-unasked = Sie haben sich nicht registriert? Dann ignorieren Sie diese E-Mail.

mail-password-reset-subject = Setzen Sie Ihr Passwort für { $app } zurück
mail-password-reset-title = Legen Sie ein neues Passwort fest
mail-password-reset = Jemand möchte das Passwort für { $email } bei { $app } zurücksetzen. Wenn Sie ein neues Passwort festlegen, werden Sie auf allen Geräten abgemeldet.
mail-password-reset-button = Neues Passwort festlegen
mail-password-reset-unasked = Das waren nicht Sie? Dann ignorieren Sie diese E-Mail. Ihr Passwort bleibt unverändert.

mail-email-change-subject = Bestätigen Sie Ihre neue E-Mail-Adresse für { $app }
mail-email-change-title = Bestätigen Sie Ihre neue E‑Mail-Adresse
mail-email-change = Bestätigen Sie, dass { $email } Ihre neue E-Mail-Adresse bei { $app } ist. Sie werden auf allen Geräten abgemeldet und melden sich danach mit dieser E-Mail-Adresse an.
mail-email-change-button = Neue E-Mail-Adresse bestätigen
mail-email-change-unasked = Sie haben das nicht angefordert? Dann ignorieren Sie diese E-Mail. Es ändert sich nichts, solange Sie den Link nicht öffnen und bestätigen.

mail-invite-subject = Sie sind zu { $app } eingeladen
mail-invite-title = Richten Sie Ihr Konto ein
mail-invite = Sie sind zu { $app } eingeladen. Wir haben ein Konto für { $email } angelegt. Richten Sie es ein, um sich anzumelden.
mail-invite-button = Konto einrichten
mail-invite-unasked = Sie wissen nicht, worum es geht? Dann ignorieren Sie diese E-Mail.

mail-already-registered-subject = Sie haben bereits ein Konto bei { $app }
mail-already-registered-title = Sie haben bereits ein Konto
mail-already-registered = Jemand hat versucht, sich mit { $email } bei { $app } zu registrieren. Mit dieser E-Mail-Adresse haben Sie bereits ein Konto. Deshalb haben wir kein neues angelegt.
mail-already-registered-you = Waren Sie das?
mail-already-registered-you-do = Melden Sie sich wie gewohnt an, oder setzen Sie Ihr Passwort zurück, falls Sie es vergessen haben.
mail-already-registered-unasked = Das waren nicht Sie? Dann ignorieren Sie diese E-Mail. An Ihrem Konto hat sich nichts geändert.

mail-email-changed-subject = Ihre E-Mail-Adresse wurde geändert
mail-email-changed-title = Ihre E‑Mail-Adresse wurde geändert
mail-email-changed = Ihr Konto bei { $app } hat jetzt die E-Mail-Adresse { $email }. { $old } gehört nicht mehr dazu.
mail-email-changed-undo = Holen Sie sich Ihr Konto innerhalb von 7 Tagen zurück:
mail-email-changed-button = Änderung rückgängig machen
mail-email-changed-undo-more = Damit gilt wieder Ihre alte E-Mail-Adresse, alle Geräte werden abgemeldet, und Sie legen ein neues Passwort fest. Der Link funktioniert einmal. Brauchen Sie Hilfe? Wenden Sie sich an den Support.
mail-email-changed-support = Möglicherweise nutzt jemand anderes Ihr Konto. Wenden Sie sich sofort an den Support.

mail-notice = Es geht um das Konto { $email } bei { $app }.
mail-notice-you = Waren Sie das? Dann ignorieren Sie diese E-Mail.
mail-notice-not-you = Das waren nicht Sie?
mail-sentences = { $first } { $second }
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
notice-app-added = Eine Authenticator-App wurde für die Bestätigung in zwei Schritten hinzugefügt.
notice-app-replaced = Ihre Authenticator-App für die Bestätigung in zwei Schritten wurde ersetzt.
notice-app-removed = Ihre Authenticator-App für die Bestätigung in zwei Schritten wurde entfernt.
notice-app-remedy = Möglicherweise nutzt jemand anderes Ihr Konto, und die Anmeldecodes kommen aus einer fremden App. Setzen Sie jetzt Ihr Passwort zurück, und wenden Sie sich dann an den Support.
notice-codes-made = Neue Wiederherstellungscodes wurden erstellt. Die alten funktionieren nicht mehr.
notice-code-used = Ein Wiederherstellungscode wurde zur Anmeldung verwendet. { $count ->
    [one] Sie haben noch { $count } Code. Erstellen Sie bald neue.
   *[other] Sie haben noch { $count } Codes.
}
notice-code-last = Ihr letzter Wiederherstellungscode wurde zur Anmeldung verwendet. Erstellen Sie auf Ihrer Kontoseite neue Codes.
notice-codes-remedy = Möglicherweise nutzt jemand anderes Ihr Konto. Setzen Sie jetzt Ihr Passwort zurück, und erstellen Sie dann auf Ihrer Kontoseite neue Wiederherstellungscodes.
notice-passkey-added = Ihrem Konto wurde ein Passkey hinzugefügt. Er meldet ohne Ihr Passwort an.
notice-passkey-added-remedy = Möglicherweise nutzt jemand anderes Ihr Konto. Entfernen Sie den Passkey auf Ihrer Kontoseite, setzen Sie Ihr Passwort zurück, und melden Sie sich überall sonst ab.
notice-passkey-removed = Ein Passkey wurde aus Ihrem Konto entfernt.
notice-passkeys-removed = Alle Passkeys wurden aus Ihrem Konto entfernt.
notice-passkey-removed-remedy = Möglicherweise nutzt jemand anderes Ihr Konto. Setzen Sie jetzt Ihr Passwort zurück, und prüfen Sie dann Ihre Passkeys auf Ihrer Kontoseite.
notice-provider-linked = Sie können sich jetzt mit { $provider } bei Ihrem Konto anmelden.
notice-provider-linked-remedy = Möglicherweise nutzt jemand anderes Ihr Konto und kann sich mit einer fremden Anmeldung dort einloggen. Setzen Sie jetzt Ihr Passwort zurück, und trennen Sie die Verknüpfung auf Ihrer Kontoseite.
notice-provider-unlinked = Sie können sich nicht mehr mit { $provider } bei Ihrem Konto anmelden.

sms-phone-setup = { $app }: Ihr Bestätigungscode ist { $code }. Er läuft in { $minutes } Min. ab.
sms-login = { $app }: Ihr Anmeldecode ist { $code }. Er läuft in { $minutes } Min. ab. Geben Sie ihn nicht weiter.
