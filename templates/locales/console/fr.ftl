# French texts of the console, with "vous"; buttons are infinitives.

console-title = Administration
console-skip = Aller au contenu
console-any = Tous
console-search = Rechercher
console-clear = Effacer les filtres
console-status = État
console-created = Créé
console-last-login = Dernière connexion
console-never = jamais
console-pages = Pages
console-first-page = Première page
console-next-page = Page suivante
console-to-start = Retour au début

### Coming in

console-forbidden-title = Vous ne pouvez pas utiliser cette page
console-forbidden = Cette page n’est pas destinée à votre compte. Connectez-vous avec un autre compte ou adressez-vous à la personne qui gère ce site.
console-factor-title = Activez la validation en deux étapes
console-factor = Les administrateurs de ce site doivent utiliser la validation en deux étapes. Activez-la dans votre compte, puis revenez ici.
console-door = Un instant : nous vérifions votre connexion.
console-door-script = Activez JavaScript pour transmettre votre connexion, puis rechargez la page.

### Errors

console-trouble-not-found-title = Introuvable
console-trouble-not-found = Il n’y a rien ici. L’élément a peut-être été supprimé entre-temps.
console-trouble-invalid-title = Cela n’a pas fonctionné
console-trouble-invalid = La demande n’a pas été comprise. Revenez en arrière et réessayez. Si vous faisiez une recherche, saisissez une plus grande partie de l’adresse e-mail ou du nom.
console-trouble-busy-title = Indisponible pour le moment
console-trouble-busy = Le serveur est occupé ou la base de données est inaccessible. Attendez un instant, puis rechargez la page.
console-trouble-broken-title = Une erreur s’est produite
console-trouble-broken = Retrouvez la demande dans le journal du serveur grâce à son heure, puis rechargez la page.

### Rooms

console-room-users = Utilisateurs

### Users

console-search-users = Adresse e-mail ou nom
console-state = Compte
console-state-enabled = Actif
console-state-disabled = Désactivé
console-state-locked-out = Bloqué après des échecs
console-email-verified = Confirmée
console-email-unverified = Non confirmée
console-role = Rôle
console-role-admin = Administrateurs
console-role-other = Non-administrateurs
console-mfa-on = Activée
console-mfa-off = Désactivée
console-login-way = Moyen de connexion
console-login-way-password = Mot de passe
console-login-way-passkey = Clé d’accès
console-users-none = Aucun compte ne correspond.
console-badge-disabled = Désactivé
console-badge-unverified = Non confirmé
console-badge-admin = Administrateur
console-badge-factor = Validation en deux étapes

console-yes = oui
console-no = non
console-acts = Actions
console-time = Date
console-added = ajoutée
console-used = dernière utilisation
console-linked = associé
console-expires = Expire
console-unknown = inconnu
console-to-users = Retour aux utilisateurs

### Proof

console-your-password = Votre propre mot de passe
console-your-password-hint = Votre connexion date de plus de dix minutes. Saisissez le mot de passe de votre propre compte pour continuer.
console-log-in-again = Votre connexion date de plus de dix minutes. Reconnectez-vous pour continuer.
console-log-in-again-submit = Se déconnecter et se reconnecter
console-prove-passkey = Utiliser une clé d’accès
console-prove-passkey-failed = La clé d’accès n’a pas été acceptée. Réessayez, ou confirmez votre identité autrement.

### One account

console-account = Compte
console-id = Identifiant
console-updated = Modifié
console-ended-before = Sessions terminées avant
console-foreign-id = Identifiant dans l’ancien système
console-failures = Échecs de connexion comptés
console-locked-out = { $minutes ->
    [one] Bloqué après des échecs de connexion, encore { $minutes } minute. Jusqu’au :
    [many] Bloqué après des échecs de connexion, encore { $minutes } de minutes. Jusqu’au :
   *[other] Bloqué après des échecs de connexion, encore { $minutes } minutes. Jusqu’au :
}
console-lockout-left = Bloqué après des échecs de connexion. Temps restant :
console-lockout-over = Le blocage est terminé : la personne peut de nouveau se connecter. Rechargez la page pour voir l’état actuel du compte.
console-ways = Moyens de connexion
console-app = Application d’authentification
console-sms = Codes par SMS
console-recovery-codes = Codes de secours restants
console-passkey = Clé d’accès
console-unlink = Dissocier { $provider }
console-sessions = Sessions
console-client = Appareil
console-ip = Adresse IP
console-method = Mode de connexion
console-began = Connexion
console-last-seen = Dernière utilisation
console-this-session = Cette session
console-end-session = Terminer la session
console-more-sessions = Il y a d’autres sessions. Terminez-les toutes avec « Terminer toutes les sessions ».
console-no-sessions = Aucune connexion en cours.
console-recent-events = Événements récents
console-event = Événement
console-actor = Auteur
console-no-events = Aucun événement.

### Changing an account

console-change-name = Modifier le nom
console-change-name-hint = Laissez vide pour supprimer le nom.
console-change-email = Modifier l’adresse e-mail
console-change-email-what = Toutes les sessions se terminent et l’ancienne adresse reçoit un avis. Si vous ne cochez pas la case, la nouvelle adresse reçoit un lien de confirmation.
console-new-email = Nouvelle adresse e-mail
console-change-email-verified = La nouvelle adresse est confirmée : ne pas envoyer de lien
console-change-email-final = L’ancienne adresse est perdue ou appartient à quelqu’un d’autre : elle ne pourra pas annuler la modification
console-set-password = Définir le mot de passe
console-set-password-what = Toutes les sessions se terminent et la personne reçoit un avis. Communiquez-lui le mot de passe de façon sûre ou, mieux, envoyez un lien pour qu’elle en choisisse un.

### Acts

console-act-enable = Activer et débloquer
console-act-enable-what = Il est de nouveau possible de se connecter tout de suite : le compte est actif et les échecs de connexion et codes erronés ne comptent plus.
console-act-verify = Marquer l’adresse e-mail comme confirmée
console-act-verify-what = L’adresse e-mail est considérée comme confirmée sans lien.
console-act-resend-verification = Envoyer un lien de confirmation de l’adresse e-mail
console-act-resend-verification-what = L’adresse e-mail reçoit un nouveau lien. Les anciens liens ne fonctionnent plus.
console-act-send-reset = Envoyer un lien pour définir un mot de passe
console-act-send-reset-what = L’adresse e-mail reçoit un lien pour définir un nouveau mot de passe.
console-act-end-sessions = Terminer toutes les sessions
console-act-end-sessions-what = La personne est déconnectée sur tous ses appareils et les liens envoyés ne fonctionnent plus.
console-act-reset-factor = Désactiver la validation en deux étapes
console-act-reset-factor-what = Le téléphone, l’application d’authentification et les codes de secours sont supprimés. La personne reçoit un avis.
console-act-remove-passkeys = Supprimer les clés d’accès
console-act-remove-passkeys-what = Toutes les clés d’accès sont supprimées, même si elles sont le seul moyen de se connecter. La personne reçoit un avis.
console-act-promote = Nommer administrateur
console-act-promote-what = La personne peut utiliser cette administration et y faire tout ce que vous pouvez faire.
console-act-demote = Retirer les droits d’administrateur
console-act-demote-what = La personne ne peut plus utiliser cette administration. Le compte reste.
console-act-disable = Désactiver le compte
console-act-disable-what = La personne est déconnectée sur tous ses appareils et ne peut plus se connecter tant que le compte n’est pas réactivé.
console-act-delete = Supprimer le compte
console-act-delete-what = Le compte et toutes ses données sont supprimés. Cette action est irréversible.
console-act-end-session = Mettre fin à la session
console-act-end-session-what = La personne est déconnectée de cet appareil dès la prochaine requête.
console-act-unlink = Dissocier le fournisseur
console-act-unlink-what = La personne ne peut plus se connecter avec ce fournisseur. Le compte reste.
console-act-pending-promote = Créer le compte
console-act-pending-promote-what = L’inscription devient un compte sans le lien, et son adresse e-mail est considérée comme confirmée.
console-act-pending-delete = Supprimer l’inscription
console-act-pending-delete-what = L’inscription est supprimée et son lien ne fonctionne plus. La personne peut s’inscrire à nouveau.

### Many accounts

console-select = Sélectionner
console-select-one = Sélectionner { $email }
console-bulk-act = Pour les comptes sélectionnés
console-bulk-all = Tous ceux qui correspondent aux filtres
console-bulk-everyone = Tous les comptes
console-bulk-preview = Montrer ce qui se passera
console-export = Exporter en CSV
console-accounts = { $count ->
    [one] { $count } compte
    [many] { $count } de comptes
   *[other] { $count } comptes
}
console-accounts-others = et { $count } autres

### Creating an account

console-create = Créer un compte
console-way = Comment la personne se connectera-t-elle ?
console-way-invite = Envoyer une invitation à choisir un mot de passe
console-way-password = Définir un mot de passe
console-way-none = Ni l’un ni l’autre : un lien pourra être envoyé plus tard
console-way-password-hint = Au moins 8 caractères. Ne sert qu’avec « Définir un mot de passe ».
console-create-verified = L’adresse e-mail est confirmée
console-create-admin = Nommer le compte administrateur

### Pending registrations

console-room-pending = En attente
console-pending-what = Ces personnes se sont inscrites mais n’ont pas encore ouvert le lien de notre e-mail.
console-pending-none = Aucune inscription en attente.
console-pending-promote = Créer le compte
console-pending-delete = Supprimer

### What an act came to

console-done-enable = Le compte est actif et permet de se connecter tout de suite.
console-done-verify = L’adresse e-mail est considérée comme confirmée.
console-done-resend-verification = Un lien de confirmation de l’adresse e-mail est en route.
console-done-send-reset = Un lien pour définir un nouveau mot de passe est en route.
console-done-end-sessions = Toutes les sessions du compte sont terminées.
console-done-reset-factor = La validation en deux étapes est désactivée.
console-done-remove-passkeys = Les clés d’accès ont été supprimées.
console-done-promote = Le compte est maintenant administrateur.
console-done-demote = Le compte n’est plus administrateur.
console-done-disable = Le compte est désactivé.
console-done-delete = Le compte a été supprimé.
console-done-unchanged = Il n’y avait rien à modifier.
console-done-cap-spent = Aucun e-mail n’a été envoyé : cette adresse en a reçu trop au cours de la dernière heure. Le dernier lien fonctionne encore.
console-done-session-ended = La session est terminée.
console-done-unlinked = Le compte a été dissocié.
console-done-name-changed = Le nom a été modifié.
console-done-email-changed = L’adresse e-mail a été modifiée.
console-done-password-changed = Le mot de passe est défini.
console-done-created = Le compte a été créé.
console-done-invited = Le compte a été créé et l’invitation est en route.
console-done-pending-promoted = Le compte a été créé.
console-done-pending-deleted = L’inscription a été supprimée.
console-done-nothing-selected = Sélectionnez d’abord des comptes.
console-done-bulk = Fait pour { $count }, pas pour { $others }.
console-done-bulk-part = Fait pour { $count } jusqu’ici, pas pour { $others }. Il reste :

### Why an act was refused

console-error-reauthentication_required = Saisissez votre propre mot de passe pour continuer.
console-error-wrong_password = Ce n’est pas votre mot de passe.
console-error-locked = Trop de mots de passe erronés. Attendez quelques minutes.
console-error-last_superuser = C’est le dernier administrateur actif. Nommez d’abord un autre administrateur.
console-error-account_disabled = Le compte est désactivé. Activez-le d’abord.
console-error-already_verified = L’adresse e-mail est déjà confirmée.
console-error-overtaken = Le compte a été modifié entre-temps. Vérifiez-le, puis réessayez.
console-error-not_found = Cet élément n’existe plus.
console-error-email_taken = Un autre compte utilise cette adresse e-mail.
console-error-last_way_in = C’est le seul moyen de se connecter au compte. Envoyez d’abord un lien pour définir un mot de passe.
console-error-email-missing = Saisissez une adresse e-mail.
console-error-email-value_error = Saisissez une adresse e-mail comme ada@example.com.
console-error-email-string_too_long = Cette adresse e-mail est trop longue.
console-error-email-email_not_reached = Les e-mails n’arrivent pas à cette adresse. Utilisez-en une sans caractères spéciaux avant le @.
console-error-password-missing = Saisissez un mot de passe.
console-error-password-string_too_short = Le mot de passe doit comporter au moins 8 caractères.
console-error-password-string_too_long = Le mot de passe comporte plus de 128 caractères.
console-error-password-password_too_weak = Ce mot de passe est trop facile à deviner.
console-error-name-string_too_long = Le nom comporte plus de 200 caractères.
console-error-name-value_error = Le nom comporte trop d’accents sur une lettre.
console-error-q-search_too_broad = La recherche prend trop de temps. Saisissez une plus grande partie de l’adresse e-mail ou du nom.

### Filters of several rooms

console-filter-account = Compte : adresse e-mail, partie de celle-ci ou identifiant
console-filter-several = Plusieurs comptes correspondent. Saisissez une plus grande partie de l’adresse e-mail.
console-filter-nobody = Aucun compte n’a d’adresse e-mail correspondante.
console-filter-no-ip = Saisissez une adresse IP complète, comme 203.0.113.9.
console-and-more = Et d’autres.

### Events

console-room-events = Événements
console-request = ID de requête
console-events-none = Aucun événement ne correspond.
console-live-start = Suivre en direct
console-live-stop = Arrêter le suivi
console-live-hint = Les nouveaux événements apparaissent ici d’eux-mêmes.
console-live-news = De nouveaux événements sont apparus.
console-times = ×{ $count }

### Outbox

console-room-outbox = Boîte d’envoi
console-outbox-state = En attente : { $waiting }. En échec : { $failed }.
console-outbox-oldest = Le plus ancien attend depuis
console-messages = Messages
console-messages-none = Aucun message. Les messages envoyés ne sont pas conservés.
console-to-messages = Retour aux messages
console-to = À
console-filter-to = Destinataire : adresse e-mail, numéro de téléphone ou URL, en entier
console-kind = Type
console-kind-email = E-mail
console-kind-sms = SMS
console-kind-webhook = Webhook
console-message-waiting = En attente
console-message-failed = En échec
console-attempts = Tentatives
console-queued = Mis en file
console-next-attempt = Prochaine tentative
console-due = maintenant
console-last-error = Dernière erreur
console-retry = Réessayer maintenant
console-retry-all = Renvoyer les messages en échec
console-retry-all-what = Tous les messages en échec qui correspondent aux filtres sont envoyés immédiatement. Si un message échoue encore, les tentatives continuent pendant un jour.
console-delete = Supprimer
console-delete-message = Supprimer le message
console-delete-message-what = Le message est supprimé sans être envoyé. Cette action est irréversible.
console-test = Envoyer un message de test
console-test-what = Le message part immédiatement, sans passer par la boîte d’envoi. Il indique que c’est un test.
console-test-no-mail = Ce serveur n’envoie pas d’e-mails : il les écrit seulement dans le journal.
console-test-no-sms = Ce serveur n’envoie pas de SMS.
console-test-to = Destinataire
console-test-to-hint = Une adresse e-mail, ou un numéro de téléphone comme +14155550123.
console-test-send = Envoyer
console-test-nothing = Rien n’a été envoyé, car ce serveur n’envoie pas ce type de messages. Configurez d’abord un service d’envoi.
console-test-late = Aucune réponse en une demi-minute. Le message est peut-être parti quand même : vérifiez s’il arrive.
console-test-refused = Le message n’a pas été accepté. Réponse :

### Sessions of all accounts

console-select-session = Sélectionner une session de { $email }
console-end-ticked = Terminer les sessions sélectionnées
console-end-all = Terminer toutes celles qui correspondent
console-end-sessions = Terminer des sessions
console-end-all-what = Toutes les sessions qui correspondent aux filtres se terminent, sauf celle que vous utilisez. Les personnes doivent se reconnecter.
console-end-ticked-what = Sessions sélectionnées : { $count }. Elles se terminent immédiatement, et les personnes doivent se reconnecter.
console-sessions-none = Aucune session ne correspond.
console-page-empty = Toutes les sessions de cette page sont terminées. Passez à la page suivante.

### Webhooks

console-room-webhooks = Webhooks
console-receivers = Destinataires
console-receivers-none = Aucun destinataire n’est configuré.
console-url = URL
console-oldest = Le plus ancien
console-not-configured = N’est plus configuré
console-deliveries = Livraisons
console-deliveries-hint = Livraisons en attente ou en échec. Celles qui ont réussi ne sont pas conservées.

### What an act in these rooms came to

console-done-message-retried = Le message est envoyé maintenant.
console-done-message-deleted = Le message a été supprimé.
console-done-messages-retried = Messages envoyés maintenant : { $count }.
console-done-messages-retried-part = Messages envoyés maintenant : { $count }. Il en reste : renvoyez-les aussi.
console-done-test-sent = Le message a été accepté. Vérifiez s’il arrive.
console-done-no-session-selected = Sélectionnez d’abord des sessions.
console-done-sessions-ended = Sessions terminées : { $count }. Déjà finies : { $others }.
console-done-sessions-ended-part = Sessions terminées : { $count }. Il en reste : terminez-les aussi.
console-error-to-missing = Saisissez une adresse e-mail ou un numéro de téléphone.
console-error-to-value_error = Saisissez une adresse e-mail comme ada@example.com, ou un numéro de téléphone comme +14155550123.
console-error-to-string_too_long = Ce destinataire est trop long.
### Overview

console-room-overview = Vue d’ensemble
console-count-users = Comptes
console-count-disabled = Désactivés
console-count-unverified = Non confirmés
console-count-admins = Administrateurs
console-count-pending = Inscriptions en attente
console-count-waiting = Messages en attente
console-count-failed = Messages en échec
console-oldest-message = Plus ancien message en attente :
console-days = 30 derniers jours (UTC)
console-days-table = Afficher tous les jours
console-day = Jour
console-day-registered = Inscriptions
console-day-verified = Adresses e-mail confirmées
console-day-logins = Connexions
console-day-failures = Échecs de connexion
console-overview-today = Aujourd’hui :
console-overview-most = maximum par jour :
console-overview-reload = Actualiser
console-doctor = Vérifications
console-doctor-runs = Les vérifications sont encore en cours.
console-doctor-well = { $checks ->
    [one] La vérification a réussi.
    [many] { $checks } vérifications ont réussi.
   *[other] Les { $checks } vérifications ont réussi.
}
console-doctor-found = Échecs : { $failures }. Avertissements : { $warnings }.
console-severity-failure = Échec
console-severity-warning = Avertissement

### The first administrator

console-set-up-title = Créer le premier administrateur
console-set-up = Ce site n’a pas encore d’administrateur. Choisissez l’adresse e-mail et le mot de passe du premier. Le lien que vous avez suivi ne fonctionne qu’une fois.
console-set-up-submit = Créer l’administrateur
console-set-up-dead-title = Ce lien ne fonctionne plus
console-set-up-dead = Il a été utilisé ou a expiré, ou il y a déjà un administrateur. S’il n’y en a aucun, redémarrez le serveur : il affiche un nouveau lien. Vous pouvez aussi utiliser la commande regstack create-admin.

### Templates

console-room-templates = Modèles
console-templates = Chaque e-mail, SMS et page, avec des valeurs d’exemple. Pour en modifier un, placez votre propre fichier dans un dossier de extra_template_dirs.
console-templates-all = Tous les modèles
console-template = Modèle
console-template-kind = Type
console-template-mail = E-mail
console-template-sms = SMS
console-template-page = Page
console-template-subject = Objet
console-template-text = Texte
console-template-replaced = Remplacé par
console-template-language = Langue de l’aperçu
console-template-sample = Avec des valeurs d’exemple.
console-template-broken = Ce modèle ne peut pas être affiché :

### Keys

console-room-keys = Clés
console-key-id = Clé
console-key-expires = Expire
console-key-expired = Expirée
console-key-last-used = Dernière utilisation
console-service-keys = Clés de service
console-service-keys-what = Avec une clé de service, l’un de vos programmes peut vérifier les sessions ou utiliser l’API d’administration.
console-service-keys-none = Il n’y a aucune clé de service.
console-service-key-new = Créer une clé de service
console-service-key-name-hint = Le nom du programme : minuscules, chiffres, points, tirets et tirets bas.
console-service-key-days = Nombre de jours avant l’expiration
console-service-key-made = Clé de service créée
console-service-key-once = Copiez la clé maintenant. Elle ne sera plus affichée.
console-scopes = Permet de
console-scope-introspect = vérifier les sessions
console-scope-admin-read = lire dans l’API d’administration
console-scope-admin-write = tout lire et modifier dans l’API d’administration, sauf les clés de service
console-signing-keys = Clés de signature
console-signing-keys-what = Les sessions sont signées avec des paires de clés ({ $algorithm }). Les programmes trouvent les clés publiques à l’adresse /.well-known/jwks.json.
console-signing-keys-secret = Les sessions sont signées avec le secret ({ $algorithm }) : il n’y a donc pas de paires de clés. Pour remplacer le secret, utilisez regstack secret rotate.
console-signs-from = Signe à partir du
console-verifies-until = Vérifie jusqu’au
console-duty-announced = Publiée
console-duty-signs = Signe
console-duty-verifies = Vérifie
console-act-rotate-key = Créer la prochaine clé de signature
console-act-rotate-key-what = La clé est publiée aussitôt et signe dès que les programmes ont eu le temps de la récupérer. Personne n’est déconnecté.
console-act-rotate-key-now = Signer aussitôt avec elle : les programmes refusent ses jetons jusqu’à ce qu’ils récupèrent de nouveau les clés
console-act-remove-key = Supprimer la clé de signature
console-act-remove-key-what = Toutes les sessions que la clé a signées prennent fin aussitôt, et il faut se reconnecter. Une clé est supprimée d’elle-même lorsque ses jetons ont expiré.
console-act-revoke-service-key = Révoquer la clé de service
console-act-revoke-service-key-what = Le programme ne peut plus utiliser la clé dès sa prochaine requête. Cette action est irréversible.
console-done-key-rotated = La prochaine clé de signature a été créée.
console-done-key-removed = La clé de signature a été supprimée.
console-done-service-key-revoked = La clé de service a été révoquée.
console-error-key_name-missing = Saisissez un nom.
console-error-key_name-value_error = Utilisez des minuscules, des chiffres, des points, des tirets et des tirets bas, et commencez par une lettre ou un chiffre.
console-error-scope-missing = Choisissez à quoi la clé peut servir.
console-error-expires_at-value_error = Saisissez un nombre de jours de 1 à 3650, ou laissez le champ vide.
console-error-name_taken = Une clé de service porte déjà ce nom. Choisissez un autre nom, ou révoquez d’abord cette clé.

### Settings

console-room-settings = Paramètres
console-settings = Les paramètres avec lesquels ce serveur a démarré, et d’où vient chacun. Les secrets ne sont jamais affichés. Pour en modifier un, changez-le à cet endroit et redémarrez le serveur.
console-settings-elsewhere = Ce serveur fonctionne dans un autre programme, qui définit ses paramètres.
console-settings-changed = Seulement ceux qui n’ont pas leur valeur par défaut
console-settings-none = Aucun paramètre ne correspond.
console-setting = Paramètre
console-setting-value = Valeur
console-setting-layer = Provenance
console-setting-default = par défaut

### Backup

console-room-backup = Sauvegarde
console-act-back-up = Télécharger une sauvegarde
console-act-back-up-what = Vous obtenez une copie vérifiée de la base de données telle qu’elle est maintenant. Elle contient tous les comptes et les empreintes des mots de passe : conservez-la dans un endroit que personne d’autre ne peut lire. Conservez aussi le fichier des secrets, à un autre endroit : sans lui, les e-mails et les seconds facteurs de la copie sont illisibles.
console-backup-elsewhere = La base de données est MongoDB, qui a ses propres outils de sauvegarde. Ces commandes sauvegardent un replica set, restaurent la sauvegarde dans une base vide, puis mettent fin à toutes les sessions, car des personnes ont pu se déconnecter depuis :
console-backup-secrets = Conservez aussi le fichier des secrets, à un autre endroit : sans lui, les e-mails et les seconds facteurs de la sauvegarde sont illisibles.
