# German texts of the console, with "Sie"; buttons are infinitives.

console-title = Verwaltung
console-skip = Zum Inhalt springen
console-any = Alle
console-search = Suchen
console-clear = Filter zurücksetzen
console-status = Status
console-created = Erstellt
console-last-login = Letzte Anmeldung
console-never = nie
console-pages = Seiten
console-first-page = Erste Seite
console-next-page = Nächste Seite
console-to-start = Zurück zum Anfang

### Coming in

console-forbidden-title = Sie können diese Seite nicht nutzen
console-forbidden = Diese Seite ist nicht für Ihr Konto bestimmt. Melden Sie sich mit einem anderen Konto an, oder fragen Sie den Betreiber dieser Website.
console-factor-title = Aktivieren Sie die Bestätigung in zwei Schritten
console-factor = Auf dieser Website brauchen Administratoren die Bestätigung in zwei Schritten. Aktivieren Sie sie in Ihrem Konto, und kommen Sie dann zurück.
console-door = Einen Moment: Ihre Anmeldung wird geprüft.
console-door-script = Aktivieren Sie JavaScript, damit Ihre Anmeldung übernommen werden kann, und laden Sie die Seite neu.

### Errors

console-trouble-not-found-title = Nicht gefunden
console-trouble-not-found = Hier gibt es nichts. Vielleicht wurde es inzwischen gelöscht.
console-trouble-invalid-title = Das hat nicht funktioniert
console-trouble-invalid = Die Anfrage wurde nicht verstanden. Gehen Sie zurück, und versuchen Sie es noch einmal. Wenn Sie gesucht haben, geben Sie mehr von der E-Mail-Adresse oder vom Namen ein.
console-trouble-busy-title = Gerade nicht verfügbar
console-trouble-busy = Der Server ist ausgelastet, oder die Datenbank ist nicht erreichbar. Warten Sie einen Moment, und laden Sie die Seite neu.
console-trouble-broken-title = Etwas ist schiefgegangen
console-trouble-broken = Suchen Sie die Anfrage anhand der Uhrzeit im Protokoll des Servers, und laden Sie die Seite neu.

### Rooms

console-room-users = Benutzer

### Users

console-search-users = E-Mail-Adresse oder Name
console-state = Konto
console-state-enabled = Aktiv
console-state-disabled = Deaktiviert
console-state-locked-out = Gesperrt nach Fehlversuchen
console-email-verified = Bestätigt
console-email-unverified = Nicht bestätigt
console-role = Rolle
console-role-admin = Administratoren
console-role-other = Keine Administratoren
console-mfa-on = An
console-mfa-off = Aus
console-login-way = Anmeldeweg
console-login-way-password = Passwort
console-login-way-passkey = Passkey
console-users-none = Es gibt keine passenden Konten.
console-badge-disabled = Deaktiviert
console-badge-unverified = Nicht bestätigt
console-badge-admin = Administrator
console-badge-factor = Bestätigung in zwei Schritten

console-yes = ja
console-no = nein
console-acts = Aktionen
console-time = Zeit
console-added = hinzugefügt
console-used = zuletzt verwendet
console-linked = verknüpft
console-expires = Läuft ab
console-unknown = unbekannt
console-to-users = Zurück zu den Benutzern

### Proof

console-your-password = Ihr eigenes Passwort
console-your-password-hint = Ihre Anmeldung liegt mehr als zehn Minuten zurück. Geben Sie das Passwort Ihres eigenen Kontos ein, um fortzufahren.
console-log-in-again = Ihre Anmeldung liegt mehr als zehn Minuten zurück. Melden Sie sich erneut an, um fortzufahren.
console-log-in-again-submit = Abmelden und erneut anmelden
console-prove-passkey = Passkey verwenden
console-prove-passkey-failed = Der Passkey wurde nicht akzeptiert. Versuchen Sie es noch einmal, oder weisen Sie sich anders aus.

### One account

console-account = Konto
console-id = ID
console-updated = Geändert
console-ended-before = Sitzungen beendet vor
console-foreign-id = ID im früheren System
console-failures = Zählende Fehlversuche
console-locked-out = { $minutes ->
    [one] Nach Fehlversuchen noch { $minutes } Minute gesperrt. Bis:
   *[other] Nach Fehlversuchen noch { $minutes } Minuten gesperrt. Bis:
}
console-lockout-left = Nach Fehlversuchen gesperrt. Verbleibende Zeit:
console-lockout-over = Die Sperre ist vorbei: Anmelden ist wieder möglich. Laden Sie die Seite neu, um den aktuellen Stand zu sehen.
console-ways = Anmeldemöglichkeiten
console-app = Authenticator-App
console-sms = Codes per SMS
console-recovery-codes = Verbleibende Wiederherstellungscodes
console-passkey = Passkey
console-unlink = Verknüpfung mit { $provider } aufheben
console-sessions = Sitzungen
console-client = Gerät
console-ip = IP-Adresse
console-method = Anmeldeart
console-began = Angemeldet
console-last-seen = Zuletzt verwendet
console-this-session = Diese Sitzung
console-end-session = Sitzung beenden
console-more-sessions = Es gibt weitere Sitzungen. Beenden Sie alle mit „Alle Sitzungen beenden“.
console-no-sessions = Nirgends angemeldet.
console-recent-events = Letzte Ereignisse
console-event = Ereignis
console-actor = Ausgeführt von
console-no-events = Keine Ereignisse.

### Changing an account

console-change-name = Namen ändern
console-change-name-hint = Lassen Sie das Feld leer, um den Namen zu entfernen.
console-change-email = E-Mail-Adresse ändern
console-change-email-what = Alle Sitzungen werden beendet, und die alte Adresse erhält einen Hinweis. Wenn Sie das Kästchen nicht ankreuzen, erhält die neue Adresse einen Link zur Bestätigung.
console-new-email = Neue E-Mail-Adresse
console-change-email-verified = Die neue Adresse ist bestätigt: keinen Link senden
console-change-email-final = Die alte Adresse ist verloren oder gehört jemand anderem: Sie kann die Änderung nicht rückgängig machen
console-set-password = Passwort festlegen
console-set-password-what = Alle Sitzungen werden beendet, und die Person erhält einen Hinweis. Teilen Sie ihr das Passwort auf sicherem Weg mit, oder senden Sie besser einen Link, mit dem sie selbst eines wählt.

### Acts

console-act-enable = Aktivieren und entsperren
console-act-enable-what = Mit dem Konto kann man sich sofort wieder anmelden: Es ist aktiv, und Fehlversuche und falsche Codes zählen nicht mehr.
console-act-verify = E-Mail-Adresse als bestätigt markieren
console-act-verify-what = Die E-Mail-Adresse gilt auch ohne Link als bestätigt.
console-act-resend-verification = Link zur Bestätigung der E-Mail-Adresse senden
console-act-resend-verification-what = An die E-Mail-Adresse geht ein neuer Link. Ältere Links funktionieren nicht mehr.
console-act-send-reset = Link zum Festlegen eines Passworts senden
console-act-send-reset-what = An die E-Mail-Adresse geht ein Link, mit dem die Person ein neues Passwort festlegt.
console-act-end-sessions = Alle Sitzungen beenden
console-act-end-sessions-what = Die Person wird auf allen Geräten abgemeldet, und gesendete Links funktionieren nicht mehr.
console-act-reset-factor = Bestätigung in zwei Schritten deaktivieren
console-act-reset-factor-what = Telefon, Authenticator-App und Wiederherstellungscodes werden entfernt. Die Person erhält einen Hinweis.
console-act-remove-passkeys = Passkeys entfernen
console-act-remove-passkeys-what = Alle Passkeys werden entfernt, auch wenn man sich sonst nicht anmelden kann. Die Person erhält einen Hinweis.
console-act-promote = Zum Administrator machen
console-act-promote-what = Die Person kann diese Verwaltung nutzen und alles tun, was Sie hier tun können.
console-act-demote = Administratorrechte entziehen
console-act-demote-what = Die Person kann diese Verwaltung nicht mehr nutzen. Das Konto bleibt bestehen.
console-act-disable = Konto deaktivieren
console-act-disable-what = Die Person wird auf allen Geräten abgemeldet und kann sich erst wieder anmelden, wenn das Konto aktiviert wird.
console-act-delete = Konto löschen
console-act-delete-what = Das Konto und alle seine Daten werden gelöscht. Das lässt sich nicht rückgängig machen.
console-act-end-session = Sitzung beenden
console-act-end-session-what = Die Person wird auf diesem Gerät mit der nächsten Anfrage abgemeldet.
console-act-unlink = Verknüpfung mit Anbieter aufheben
console-act-unlink-what = Die Person kann sich nicht mehr mit diesem Anbieter anmelden. Das Konto bleibt bestehen.
console-act-pending-promote = Konto erstellen
console-act-pending-promote-what = Aus der Registrierung wird ohne den Link ein Konto, und die E-Mail-Adresse gilt als bestätigt.
console-act-pending-delete = Registrierung löschen
console-act-pending-delete-what = Die Registrierung wird gelöscht, und ihr Link funktioniert nicht mehr. Die Person kann sich erneut registrieren.

### Many accounts

console-select = Auswählen
console-select-one = { $email } auswählen
console-bulk-act = Mit den ausgewählten Konten
console-bulk-all = Alle, auf die die Filter zutreffen
console-bulk-everyone = Alle Konten
console-bulk-preview = Zeigen, was geschieht
console-export = Als CSV exportieren
console-accounts = { $count ->
    [one] { $count } Konto
   *[other] { $count } Konten
}
console-accounts-others = und { $count } weitere

### Creating an account

console-create = Konto erstellen
console-way = Wie kommt die Person hinein?
console-way-invite = Einladung senden, mit der sie ein Passwort wählt
console-way-password = Passwort festlegen
console-way-none = Weder noch: Ein Link kann später gesendet werden
console-way-password-hint = Mindestens 8 Zeichen. Gilt nur mit „Passwort festlegen“.
console-create-verified = Die E-Mail-Adresse ist bestätigt
console-create-admin = Das Konto zum Administrator machen

### Pending registrations

console-room-pending = Unbestätigt
console-pending-what = Diese Personen haben sich registriert, aber den Link in unserer E-Mail noch nicht geöffnet.
console-pending-none = Keine Registrierungen warten.
console-pending-promote = Konto erstellen
console-pending-delete = Löschen

### What an act came to

console-done-enable = Das Konto ist aktiv, und man kann sich sofort anmelden.
console-done-verify = Die E-Mail-Adresse gilt als bestätigt.
console-done-resend-verification = Ein Link zur Bestätigung der E-Mail-Adresse ist unterwegs.
console-done-send-reset = Ein Link zum Festlegen eines neuen Passworts ist unterwegs.
console-done-end-sessions = Alle Sitzungen des Kontos sind beendet.
console-done-reset-factor = Die Bestätigung in zwei Schritten ist deaktiviert.
console-done-remove-passkeys = Die Passkeys wurden entfernt.
console-done-promote = Das Konto ist jetzt Administrator.
console-done-demote = Das Konto ist kein Administrator mehr.
console-done-disable = Das Konto ist deaktiviert.
console-done-delete = Das Konto wurde gelöscht.
console-done-unchanged = Es gab nichts zu ändern.
console-done-cap-spent = Es wurde keine E-Mail gesendet: Diese Adresse hat in der letzten Stunde schon zu viele erhalten. Der letzte Link funktioniert noch.
console-done-session-ended = Die Sitzung ist beendet.
console-done-unlinked = Die Verknüpfung wurde aufgehoben.
console-done-name-changed = Der Name wurde geändert.
console-done-email-changed = Die E-Mail-Adresse wurde geändert.
console-done-password-changed = Das Passwort ist festgelegt.
console-done-created = Das Konto wurde erstellt.
console-done-invited = Das Konto wurde erstellt, und die Einladung ist unterwegs.
console-done-pending-promoted = Das Konto wurde erstellt.
console-done-pending-deleted = Die Registrierung wurde gelöscht.
console-done-nothing-selected = Wählen Sie zuerst Konten aus.
console-done-bulk = Ausgeführt für { $count }, nicht für { $others }.
console-done-bulk-part = Bisher ausgeführt für { $count }, nicht für { $others }. Diese sind noch übrig:

### Why an act was refused

console-error-reauthentication_required = Geben Sie Ihr eigenes Passwort ein, um fortzufahren.
console-error-wrong_password = Das ist nicht Ihr Passwort.
console-error-locked = Zu viele falsche Passwörter. Warten Sie einige Minuten.
console-error-last_superuser = Das ist der letzte aktive Administrator. Machen Sie zuerst jemand anderen zum Administrator.
console-error-account_disabled = Das Konto ist deaktiviert. Aktivieren Sie es zuerst.
console-error-already_verified = Die E-Mail-Adresse ist bereits bestätigt.
console-error-overtaken = Das Konto wurde inzwischen geändert. Sehen Sie es sich an, und versuchen Sie es dann noch einmal.
console-error-not_found = Das ist nicht mehr da.
console-error-email_taken = Ein anderes Konto hat diese E-Mail-Adresse.
console-error-last_way_in = Anders kann man sich bei dem Konto nicht anmelden. Senden Sie zuerst einen Link zum Festlegen eines Passworts.
console-error-email-missing = Geben Sie eine E-Mail-Adresse ein.
console-error-email-value_error = Geben Sie eine E-Mail-Adresse wie ada@example.com ein.
console-error-email-string_too_long = Diese E-Mail-Adresse ist zu lang.
console-error-email-email_not_reached = E-Mails erreichen diese Adresse nicht. Verwenden Sie eine ohne Sonderzeichen vor dem @.
console-error-password-missing = Geben Sie ein Passwort ein.
console-error-password-string_too_short = Das Passwort braucht mindestens 8 Zeichen.
console-error-password-string_too_long = Das Passwort hat mehr als 128 Zeichen.
console-error-password-password_too_weak = Dieses Passwort ist zu leicht zu erraten.
console-error-name-string_too_long = Der Name hat mehr als 200 Zeichen.
console-error-name-value_error = Der Name hat zu viele Akzente auf einem Buchstaben.
console-error-q-search_too_broad = Die Suche dauert zu lange. Geben Sie mehr von der E-Mail-Adresse oder vom Namen ein.

### Filters of several rooms

console-filter-account = Konto: E-Mail-Adresse, ein Teil davon oder ID
console-filter-several = Mehrere Konten passen. Geben Sie mehr von der E-Mail-Adresse ein.
console-filter-nobody = Kein Konto hat eine passende E-Mail-Adresse.
console-filter-no-ip = Geben Sie eine vollständige IP-Adresse ein, zum Beispiel 203.0.113.9.
console-and-more = Und weitere.

### Events

console-room-events = Ereignisse
console-request = Anfrage-ID
console-events-none = Es gibt keine passenden Ereignisse.
console-live-start = Live verfolgen
console-live-stop = Nicht mehr verfolgen
console-live-hint = Neue Ereignisse erscheinen hier von selbst.
console-live-news = Neue Ereignisse sind erschienen.
console-times = ×{ $count }

### Outbox

console-room-outbox = Postausgang
console-outbox-state = Wartend: { $waiting }. Fehlgeschlagen: { $failed }.
console-outbox-oldest = Die älteste wartet seit
console-messages = Nachrichten
console-messages-none = Keine Nachrichten. Gesendete werden nicht aufbewahrt.
console-to-messages = Zurück zu den Nachrichten
console-to = An
console-filter-to = Empfänger: vollständige E-Mail-Adresse, Telefonnummer oder URL
console-kind = Art
console-kind-email = E-Mail
console-kind-sms = SMS
console-kind-webhook = Webhook
console-message-waiting = Wartend
console-message-failed = Fehlgeschlagen
console-attempts = Versuche
console-queued = Eingereiht
console-next-attempt = Nächster Versuch
console-due = jetzt
console-last-error = Letzter Fehler
console-retry = Jetzt erneut versuchen
console-retry-all = Fehlgeschlagene erneut senden
console-retry-all-what = Alle fehlgeschlagenen Nachrichten, die zum Filter passen, werden sofort gesendet. Was wieder fehlschlägt, wird noch einen Tag lang versucht.
console-delete = Löschen
console-delete-message = Nachricht löschen
console-delete-message-what = Die Nachricht wird gelöscht, ohne gesendet zu werden. Das lässt sich nicht rückgängig machen.
console-test = Testnachricht senden
console-test-what = Die Nachricht wird sofort gesendet, ohne den Postausgang. In ihr steht, dass sie ein Test ist.
console-test-no-mail = Dieser Server versendet keine E-Mails: Er schreibt sie nur ins Protokoll.
console-test-no-sms = Dieser Server versendet keine SMS.
console-test-to = Empfänger
console-test-to-hint = Eine E-Mail-Adresse oder eine Telefonnummer wie +14155550123.
console-test-send = Senden
console-test-nothing = Nichts wurde gesendet, denn dieser Server versendet solche Nachrichten nicht. Richten Sie zuerst ein Backend dafür ein.
console-test-late = Innerhalb einer halben Minute kam keine Antwort. Die Nachricht kann trotzdem gesendet worden sein: Prüfen Sie, ob sie ankommt.
console-test-refused = Die Nachricht wurde nicht angenommen. Die Antwort war:

### Sessions of all accounts

console-select-session = Eine Sitzung von { $email } auswählen
console-end-ticked = Ausgewählte Sitzungen beenden
console-end-all = Alle beenden, die zum Filter passen
console-end-sessions = Sitzungen beenden
console-end-all-what = Alle Sitzungen, die zum Filter passen, enden, außer der, die Sie gerade benutzen. Die Personen müssen sich neu anmelden.
console-end-ticked-what = Ausgewählte Sitzungen: { $count }. Sie enden sofort, und die Personen müssen sich neu anmelden.
console-sessions-none = Es gibt keine passenden Sitzungen.
console-page-empty = Alle Sitzungen auf dieser Seite sind beendet. Gehen Sie zur nächsten Seite.

### Webhooks

console-room-webhooks = Webhooks
console-receivers = Empfänger
console-receivers-none = Es sind keine Empfänger eingerichtet.
console-url = URL
console-oldest = Älteste
console-not-configured = Nicht mehr eingerichtet
console-deliveries = Zustellungen
console-deliveries-hint = Zustellungen, die warten oder fehlgeschlagen sind. Erfolgreiche werden nicht aufbewahrt.

### What an act in these rooms came to

console-done-message-retried = Die Nachricht wird jetzt gesendet.
console-done-message-deleted = Die Nachricht wurde gelöscht.
console-done-messages-retried = Nachrichten, die jetzt gesendet werden: { $count }.
console-done-messages-retried-part = Nachrichten, die jetzt gesendet werden: { $count }. Es gibt weitere: Senden Sie auch diese erneut.
console-done-test-sent = Die Nachricht wurde angenommen. Prüfen Sie, ob sie ankommt.
console-done-no-session-selected = Wählen Sie zuerst Sitzungen aus.
console-done-sessions-ended = Beendete Sitzungen: { $count }. Schon vorher beendet: { $others }.
console-done-sessions-ended-part = Beendete Sitzungen: { $count }. Es gibt weitere: Beenden Sie auch diese.
console-error-to-missing = Geben Sie eine E-Mail-Adresse oder eine Telefonnummer ein.
console-error-to-value_error = Geben Sie eine E-Mail-Adresse wie ada@example.com oder eine Telefonnummer wie +14155550123 ein.
console-error-to-string_too_long = Dieser Empfänger ist zu lang.
### Overview

console-room-overview = Übersicht
console-count-users = Konten
console-count-disabled = Deaktiviert
console-count-unverified = Nicht bestätigt
console-count-admins = Administratoren
console-count-pending = Offene Registrierungen
console-count-waiting = Wartende Nachrichten
console-count-failed = Fehlgeschlagene Nachrichten
console-oldest-message = Älteste wartende Nachricht:
console-days = Letzte 30 Tage (UTC)
console-days-table = Alle Tage anzeigen
console-day = Tag
console-day-registered = Registrierungen
console-day-verified = Bestätigte E-Mail-Adressen
console-day-logins = Anmeldungen
console-day-failures = Fehlgeschlagene Anmeldungen
console-overview-today = Heute:
console-overview-most = höchster Tageswert:
console-overview-reload = Neu laden
console-doctor = Prüfungen
console-doctor-runs = Die Prüfungen laufen noch.
console-doctor-well = { $checks ->
    [one] Die Prüfung wurde bestanden.
   *[other] Alle { $checks } Prüfungen wurden bestanden.
}
console-doctor-found = Fehler: { $failures }. Warnungen: { $warnings }.
console-severity-failure = Fehler
console-severity-warning = Warnung

### The first administrator

console-set-up-title = Den ersten Administrator anlegen
console-set-up = Hier gibt es noch keinen Administrator. Wählen Sie die E-Mail-Adresse und das Passwort des ersten. Der Link, dem Sie gefolgt sind, funktioniert nur einmal.
console-set-up-submit = Administrator anlegen
console-set-up-dead-title = Dieser Link funktioniert nicht mehr
console-set-up-dead = Er wurde verwendet oder ist abgelaufen, oder es gibt schon einen Administrator. Wenn es keinen gibt, starten Sie den Server neu: Er gibt einen neuen Link aus. Sie können auch den Befehl regstack create-admin verwenden.

### Templates

console-room-templates = Vorlagen
console-templates = Alle E-Mails, SMS und Seiten mit Beispielwerten. Um eine zu ändern, legen Sie eine eigene Datei in einen Ordner aus extra_template_dirs.
console-templates-all = Alle Vorlagen
console-template = Vorlage
console-template-kind = Art
console-template-mail = E-Mail
console-template-sms = SMS
console-template-page = Seite
console-template-subject = Betreff
console-template-text = Text
console-template-replaced = Ersetzt durch
console-template-language = Sprache der Vorschau
console-template-sample = Mit Beispielwerten.
console-template-broken = Diese Vorlage kann nicht angezeigt werden:

### Keys

console-room-keys = Schlüssel
console-key-id = Schlüssel
console-key-expires = Läuft ab
console-key-expired = Abgelaufen
console-key-last-used = Zuletzt verwendet
console-service-keys = Dienstschlüssel
console-service-keys-what = Mit einem Dienstschlüssel kann eines Ihrer Programme Sitzungen prüfen oder die Admin-API verwenden.
console-service-keys-none = Es gibt keine Dienstschlüssel.
console-service-key-new = Dienstschlüssel erstellen
console-service-key-name-hint = Der Name des Programms: Kleinbuchstaben, Ziffern, Punkte, Binde- und Unterstriche.
console-service-key-days = Tage, bis der Schlüssel abläuft
console-service-key-made = Dienstschlüssel erstellt
console-service-key-once = Kopieren Sie den Schlüssel jetzt. Er wird nicht noch einmal angezeigt.
console-scopes = Erlaubt
console-scope-introspect = Sitzungen prüfen
console-scope-admin-read = aus der Admin-API lesen
console-scope-admin-write = in der Admin-API alles lesen und ändern, außer Dienstschlüssel
console-signing-keys = Signaturschlüssel
console-signing-keys-what = Sitzungen werden mit Schlüsselpaaren signiert ({ $algorithm }). Programme finden die öffentlichen Schlüssel unter /.well-known/jwks.json.
console-signing-keys-secret = Sitzungen werden mit dem Geheimnis signiert ({ $algorithm }), deshalb gibt es keine Schlüsselpaare. Das Geheimnis ersetzen Sie mit regstack secret rotate.
console-signs-from = Signiert ab
console-verifies-until = Prüft bis
console-duty-announced = Veröffentlicht
console-duty-signs = Signiert
console-duty-verifies = Prüft
console-act-rotate-key = Nächsten Signaturschlüssel erstellen
console-act-rotate-key-what = Der Schlüssel wird sofort veröffentlicht und signiert, sobald Programme Zeit hatten, ihn abzurufen. Niemand wird abgemeldet.
console-act-rotate-key-now = Sofort damit signieren: Programme lehnen seine Token ab, bis sie die Schlüssel erneut abrufen
console-act-remove-key = Signaturschlüssel entfernen
console-act-remove-key-what = Jede Sitzung, die der Schlüssel signiert hat, endet sofort, und man muss sich erneut anmelden. Ein Schlüssel wird von selbst entfernt, wenn seine Token abgelaufen sind.
console-act-revoke-service-key = Dienstschlüssel widerrufen
console-act-revoke-service-key-what = Das Programm kann den Schlüssel ab seiner nächsten Anfrage nicht mehr verwenden. Das lässt sich nicht rückgängig machen.
console-done-key-rotated = Der nächste Signaturschlüssel wurde erstellt.
console-done-key-removed = Der Signaturschlüssel wurde entfernt.
console-done-service-key-revoked = Der Dienstschlüssel wurde widerrufen.
console-error-key_name-missing = Geben Sie einen Namen ein.
console-error-key_name-value_error = Verwenden Sie Kleinbuchstaben, Ziffern, Punkte, Binde- und Unterstriche, und beginnen Sie mit einem Buchstaben oder einer Ziffer.
console-error-scope-missing = Wählen Sie aus, wofür der Schlüssel verwendet werden darf.
console-error-expires_at-value_error = Geben Sie eine Anzahl von 1 bis 3650 Tagen ein, oder lassen Sie das Feld leer.
console-error-name_taken = Es gibt schon einen Dienstschlüssel mit diesem Namen. Wählen Sie einen anderen Namen, oder widerrufen Sie zuerst jenen Schlüssel.

### Settings

console-room-settings = Einstellungen
console-settings = Die Einstellungen, mit denen dieser Server gestartet wurde, und woher sie kommen. Geheimnisse werden nie angezeigt. Um eine zu ändern, ändern Sie sie dort und starten Sie den Server neu.
console-settings-elsewhere = Dieser Server läuft in einem anderen Programm, das seine Einstellungen festlegt.
console-settings-changed = Nur geänderte Einstellungen
console-settings-none = Keine Einstellung passt.
console-setting = Einstellung
console-setting-value = Wert
console-setting-layer = Kommt von
console-setting-default = Vorgabe

### Backup

console-room-backup = Sicherung
console-act-back-up = Sicherung herunterladen
console-act-back-up-what = Sie erhalten eine geprüfte Kopie der Datenbank, wie sie jetzt ist. Sie enthält alle Konten und Passwort-Hashes: Bewahren Sie sie so auf, dass nur Sie sie lesen können. Bewahren Sie auch die Datei mit den Geheimnissen auf, an einem anderen Ort: Ohne sie lassen sich E-Mails und zweite Faktoren in der Kopie nicht lesen.
console-backup-elsewhere = Die Datenbank ist MongoDB und hat eigene Werkzeuge für Sicherungen. Diese Befehle sichern ein Replica Set, spielen die Sicherung in eine leere Datenbank zurück und beenden dann alle Sitzungen, weil sich seitdem jemand abgemeldet haben kann:
console-backup-secrets = Bewahren Sie auch die Datei mit den Geheimnissen auf, an einem anderen Ort: Ohne sie lassen sich E-Mails und zweite Faktoren in der Sicherung nicht lesen.
