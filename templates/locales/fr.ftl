# French, with "vous". A narrow no-break space (U+202F) before : ; ? and !, and ’ as the apostrophe. Where English says "you'll be
# logged out", the devices are: nobody's gender is guessed.

language-name = Français
email-address = Adresse e-mail
password = Mot de passe
new-password = Nouveau mot de passe
current-password = Mot de passe actuel
full-name = Nom
language = Langue
optional = facultatif
code = Code
phone-number = Numéro de téléphone
log-in = Se connecter
log-out = Se déconnecter
back-to-log-in = Retour à la connexion
get-new-link = Obtenir un nouveau lien
send-link = Envoyer le lien
send-new-link = Envoyer un nouveau lien
send-code = Envoyer le code
send-new-code = Envoyer un nouveau code
contact-support = Contacter l’assistance
cancel = Annuler
check-your-email = Consultez vos e-mails
go-to-account = Accéder à votre compte
already-have-account = Vous avez déjà un compte ?
needs-javascript = Cette page a besoin de JavaScript. Activez-le, puis rechargez la page.
continue-to-app = Continuer vers { $app }
footer-help = Aide
footer-terms = Conditions d’utilisation
footer-privacy = Confidentialité
footer-imprint = Mentions légales
page-description = Connectez-vous à { $app }, créez un compte ou gérez le vôtre.

login-title = Connexion
login-forgot = Mot de passe oublié ?
login-new-here = Pas encore de compte ?
login-create-account = Créer un compte
login-passkey = Se connecter avec une clé d’accès

register-title = Créer un compte
register-submit = Créer le compte
register-closed-title = Inscriptions fermées
register-closed = Il faut une invitation pour rejoindre { $app }. Contactez l’assistance.
register-sent = Nous avons envoyé un lien à { $email }. Ouvrez-le pour confirmer votre adresse e-mail.
register-sent-email = votre adresse e-mail
register-no-email = Rien reçu ? Vérifiez vos courriers indésirables. Seul le dernier lien fonctionne.
register-wrong-email = Mauvaise adresse e-mail ?
register-change-email = La modifier

verify-title = Confirmez votre adresse e‑mail
verify-with-password = Saisissez le mot de passe choisi lors de l’inscription.
verify-lead = Confirmez que cette adresse e-mail est la vôtre.
verify-submit = Confirmer l’adresse e‑mail
verify-already = Déjà confirmée ?
verify-done-title = Votre adresse e‑mail est confirmée
verify-done = Votre compte est prêt.
verify-new-title = Obtenir un nouveau lien
verify-new = Saisissez votre adresse e-mail et nous vous enverrons un lien pour la confirmer.

forgot-page-title = Mot de passe oublié
forgot-title = Mot de passe oublié ?
forgot-lead = Saisissez votre adresse e-mail et nous vous enverrons un lien pour choisir un nouveau mot de passe.
forgot-sent = Si un compte existe pour { $email }, vous allez recevoir un lien.
forgot-sent-email = cette adresse e-mail
forgot-no-email = Rien reçu ? Vérifiez vos courriers indésirables ou { $link }.
forgot-no-email-link = essayez une autre adresse e-mail

reset-title = Choisissez un nouveau mot de passe
reset-lead = Tous vos autres appareils seront déconnectés.
reset-submit = Enregistrer le mot de passe

change-email-title = Confirmez votre nouvelle adresse e‑mail
change-email-lead = Elle servira désormais à vous connecter. Tous vos appareils seront déconnectés.
change-email-submit = Utiliser la nouvelle adresse e‑mail
change-email-done-title = Votre adresse e‑mail a été modifiée
change-email-done = Connectez-vous désormais avec { $email }.
change-email-done-email = votre nouvelle adresse e-mail

undo-title = Annuler la modification de l’adresse e‑mail
undo-lead = Votre compte retrouvera son ancienne adresse e-mail. Tous vos appareils seront déconnectés et vous choisirez un nouveau mot de passe.
undo-submit = Annuler la modification
undo-failed = Besoin d’aide ? Contactez l’assistance.
undo-failed-link = Besoin d’aide ? { $link }
undo-done-title = Votre ancienne adresse e‑mail est rétablie
undo-done = Votre compte a de nouveau l’adresse e-mail { $email } et tous vos appareils sont déconnectés. Choisissez maintenant un nouveau mot de passe pour que personne d’autre ne puisse se connecter.
undo-done-email = précédente
undo-done-submit = Choisir un nouveau mot de passe

invite-title = Bienvenue sur { $app }
invite-lead = Choisissez un mot de passe pour votre compte.
invite-submit = Enregistrer le mot de passe
invite-passkey = Créer une clé d’accès
invite-dead = Demandez-en une nouvelle à la personne qui vous a envoyé l’invitation.

mfa-title = Saisissez votre code
mfa-lead = Nous avons envoyé un code à { $digits } chiffres au { $phone }. { $minutes ->
    [one] Il expire dans { $minutes } minute.
    [many] Il expire dans { $minutes } de minutes.
   *[other] Il expire dans { $minutes } minutes.
}
mfa-your-phone = numéro enregistré
mfa-wrong-number = Mauvais numéro ? Contactez l’assistance.
mfa-wrong-number-link = Mauvais numéro ? { $link }
mfa-lead-app = Saisissez le code à 6 chiffres de votre application d’authentification.
mfa-lead-recovery = Saisissez l’un de vos codes de secours. Chaque code fonctionne une seule fois.
mfa-recovery-code = Code de secours
mfa-use-app = Utiliser l’application d’authentification
mfa-use-sms = Envoyer un code sur votre téléphone
mfa-use-recovery = Utiliser un code de secours

error-page-not-found-title = Page introuvable
error-page-not-found = Vérifiez l’adresse. La page a peut-être été déplacée.
error-page-form-title = Cela n’a pas fonctionné
error-page-form = Le formulaire a été envoyé avant que la page soit prête. Rien n’a été modifié. Activez JavaScript, revenez en arrière et rechargez la page.
error-page-busy-title = Nous sommes très sollicités
error-page-busy = Patientez un instant, puis rechargez la page.
error-page-broken-title = Une erreur s’est produite
error-page-broken = Le problème vient de chez nous. Patientez un instant, puis réessayez.

me-title = Votre compte
me-profile = Profil
me-security = Sécurité
me-change = Modifier
me-close = Fermer
me-member-since = Membre depuis
me-name-submit = Enregistrer le nom
me-password-hint = Tous vos autres appareils seront déconnectés.
me-password-submit = Modifier le mot de passe
me-email-hint = Nous enverrons un lien à votre nouvelle adresse e-mail. Rien ne change tant que vous ne l’ouvrez pas.
me-new-email = Nouvelle adresse e-mail
me-language-hint = La langue de nos pages et de nos e-mails.
me-language-submit = Enregistrer la langue
me-two-step = Validation en deux étapes
me-phone-hint = Indiquez l’indicatif du pays, par exemple { $example }.
me-two-step-on = Activer
me-two-step-off = Désactiver
me-phone-again = Utiliser un autre numéro
me-sessions = Appareils connectés
me-sessions-hint = Vous ne reconnaissez pas un appareil ? Déconnectez-le et modifiez votre mot de passe.
me-sessions-end-others = Déconnecter tous les autres appareils
continue-with = Continuer avec { $provider }
or = ou
oauth-title = Connexion en cours
oauth-working = Cela ne prend qu’un instant.
me-providers = Comptes associés
me-providers-hint = Connectez-vous avec un compte que vous avez ailleurs.
me-sms = Codes par SMS
me-app = Application d’authentification
me-app-hint = Utilisez une application qui affiche un nouveau code toutes les 30 secondes.
me-app-start = Configurer l’application
me-app-scan = Scannez le code QR avec votre application, puis saisissez les 6 chiffres affichés.
me-app-type = Impossible de scanner ? Saisissez cette clé :
me-app-remove = Supprimer l’application
me-codes = Codes de secours
me-codes-hint = Utilisez-en un pour vous connecter quand vous n’avez pas d’autre code. Si vous en créez de nouveaux, les anciens ne fonctionnent plus.
me-codes-new = Créer de nouveaux codes
me-passkeys = Clés d’accès
me-passkeys-hint = Connectez-vous avec votre empreinte, votre visage ou le verrouillage de l’écran plutôt qu’avec un mot de passe.
me-passkey-name = Nom, par exemple l’appareil
me-passkey-add = Ajouter une clé d’accès
me-passkey-rename = Renommer la clé d’accès
me-passkey-remove = Retirer la clé d’accès
me-passkey-password-hint = Inutile si vous vous êtes connecté avec une clé d’accès dans les cinq dernières minutes.
codes-title = Enregistrez vos codes de secours
codes-lead = Chaque code vous permet de vous connecter une fois sans votre téléphone. Conservez-les en lieu sûr. Ils ne seront plus affichés.
codes-copy = Copier
codes-download = Télécharger
codes-print = Imprimer
codes-done = J’ai enregistré mes codes
me-data = Vos données
me-data-hint = Un fichier contenant tout ce qui est enregistré sur votre compte.
me-data-download = Télécharger vos données
me-delete = Supprimer le compte
me-delete-hint = Votre compte et ses données seront définitivement supprimés. Cette action est irréversible.
me-delete-title = Supprimer votre compte ?
me-delete-what = Le compte { $email } sera définitivement supprimé, avec son nom, son numéro de téléphone et ses sessions. Cette action est irréversible.

js-notice-expired = Votre session est terminée. Connectez-vous pour continuer.
js-notice-left = Déconnexion effectuée.
js-notice-language = Votre langue a été enregistrée.
js-notice-password = Votre mot de passe a été modifié. Connectez-vous avec le nouveau.
js-notice-invited = Votre mot de passe est enregistré. Connectez-vous pour commencer.
js-notice-passkey = Votre clé d’accès est enregistrée. Connectez-vous avec elle pour commencer.
js-notice-deleted = Votre compte a été supprimé.
js-notice-code = Le code a expiré ou a été mal saisi trop de fois. Reconnectez-vous pour en obtenir un nouveau.

error-invalid_credentials = Adresse e-mail ou mot de passe incorrect. Vous venez de vous inscrire ? Ouvrez d’abord le lien de notre e-mail.
error-account_disabled = Ce compte est désactivé. Contactez l’assistance.
error-email_unverified = Vous n’avez pas encore confirmé votre adresse e-mail.
error-locked = Trop de tentatives infructueuses.
error-code_budget_spent = Trop de codes incorrects.
error-rate_limited = Trop de tentatives.
error-overloaded = Nous sommes très sollicités en ce moment.
error-unavailable = Ce service est indisponible pour le moment. Réessayez un peu plus tard.
error-wrong_password = Mot de passe incorrect.
error-password_unchanged = C’est déjà votre mot de passe. Choisissez-en un autre.
error-same_email = C’est déjà votre adresse e-mail.
error-email_taken = Il existe déjà un compte avec cette adresse e-mail.
error-invalid_phone = Saisissez un numéro de téléphone avec l’indicatif du pays, par exemple +44 20 7946 0018.
error-wrong_code = Code incorrect. Seul le dernier code fonctionne.
error-wrong_recovery_code = Code de secours incorrect. Chaque code ne fonctionne qu’une seule fois.
error-code_expired = Le code a expiré.
error-no_code = Ce code a déjà été utilisé, remplacé ou mal saisi trop de fois.
error-invalid_token = Ce lien a expiré ou a déjà été utilisé.
error-missing_token = Ce lien est incomplet. Ouvrez-le à nouveau depuis l’e-mail.
error-registration_disabled = Les inscriptions sont fermées pour le moment.
error-cross_site = La connexion est impossible depuis cette adresse web. Contactez l’assistance.
error-last_superuser = Votre compte est le seul à avoir les droits d’administration. Donnez-les d’abord à quelqu’un d’autre.
error-mfa_not_enabled = La validation en deux étapes est déjà désactivée.
error-passkey_refused = Cette clé d’accès ne fonctionne pas ici. Connectez-vous autrement.
error-invalid_passkey = La clé d’accès n’a pas été ajoutée. Réessayez.
error-passkey_taken = Cette clé d’accès a déjà été ajoutée.
error-too_many_passkeys = Vous avez 20 clés d’accès, le maximum possible. Retirez-en d’abord une.
error-password_only = Ce compte a un mot de passe ou la validation en deux étapes. Choisissez plutôt un nouveau mot de passe.
error-last_way_in = C’est votre seul moyen de connexion. Ajoutez-en d’abord un autre.
error-reauthentication_required = Saisissez votre mot de passe.
error-no_passkey = Aucune clé d’accès n’a été utilisée.
error-passkey_late = Cela a pris trop de temps. Réessayez.
error-oauth_failed = Cela n’a pas fonctionné. Réessayez ou connectez-vous autrement.
error-access_denied = Vous n’avez pas autorisé la connexion. Réessayez ou connectez-vous autrement.
error-bad_state = Cette connexion a expiré ou a déjà servi. Recommencez.
error-provider_unavailable = Ce fournisseur est injoignable pour le moment. Connectez-vous autrement ou réessayez plus tard.
error-provider_email_unverified = Ce fournisseur n’a pas confirmé votre adresse e-mail. Confirmez-la chez lui ou inscrivez-vous avec un mot de passe.
error-email_not_reached = Les e-mails n’arrivent pas à l’adresse que vous avez là-bas. Inscrivez-vous avec une autre.
error-email_in_use = Il existe déjà un compte avec cette adresse e-mail. Connectez-vous à ce compte, puis associez le fournisseur sur la page de votre compte.
error-identity_in_use = Cet accès appartient déjà à un autre compte.
error-provider_in_use = Votre compte est déjà associé à une autre personne chez ce fournisseur. Dissociez-la d’abord.
error-already_linked = Cet accès est déjà associé à votre compte.
error-user_inactive = Ce compte est désactivé. Contactez l’assistance.
error-session_ended = Vous avez été déconnecté entre-temps. Connectez-vous et réessayez.
error-old_login = Pour votre sécurité, reconnectez-vous avant de modifier cela.
error-no_storage = Votre navigateur bloque le stockage pour ce site. Autorisez-le pour que votre session reste ouverte.
error-offline = Vous êtes hors ligne. Connectez-vous à internet et réessayez.
error-away = Le serveur ne répond pas. Réessayez dans un instant.
error-late = Le serveur met trop de temps à répondre. Vérifiez si cela a fonctionné avant de réessayer.
error-internal = Un problème est survenu de notre côté. Réessayez dans un instant.
error-other = Cela n’a pas fonctionné. Rechargez la page et réessayez.

js-quote-code = { $problem } Si cela se reproduit, indiquez ce code : { $code }
js-wait = { $problem } Vous pourrez réessayer dans { $time }.
js-wait-over = Vous pouvez réessayer maintenant.
js-working = Un instant…
js-again-in = Nouvel envoi possible dans { $time }.
js-again-now = Un nouvel envoi est possible.
js-unlock = { $link } pour débloquer votre compte tout de suite.
js-unlock-link = Réinitialisez votre mot de passe
js-hours = { $hours } h { $minutes } min
js-minutes = { $minutes } min { $seconds } s
js-seconds = { $seconds } s
js-try-again = Réessayer
js-get-new-link = Obtenir un nouveau lien
js-log-in = Se connecter
js-cancel = Annuler
js-confirm = Confirmer
js-confirm-asked = Confirmez que vous avez fait cette demande.

js-show = Afficher
js-hide = Masquer
js-show-password = Afficher le mot de passe
js-hide-password = Masquer le mot de passe
js-password-rule = { $count ->
    [one] Au moins { $count } caractère. L’idéal : quelques mots sans rapport entre eux.
    [many] Au moins { $count } de caractères. L’idéal : quelques mots sans rapport entre eux.
   *[other] Au moins { $count } caractères. L’idéal : quelques mots sans rapport entre eux.
}
js-enter-password = Saisissez votre mot de passe.
js-choose-password = Choisissez un mot de passe.
js-enter-email = Saisissez votre adresse e-mail.
js-enter-new_email = Saisissez votre nouvelle adresse e-mail.
js-enter-code = Saisissez le code.
js-enter-recovery_code = Saisissez un code de secours.
js-enter-phone_number = Saisissez votre numéro de téléphone.
js-required = Champ obligatoire : { $field }
js-digits-only = Saisissez uniquement des chiffres.
js-password-short = { $count ->
    [one] Utilisez au moins { $count } caractère.
    [many] Utilisez au moins { $count } de caractères.
   *[other] Utilisez au moins { $count } caractères.
}
js-too-short = { $count ->
    [one] { $field } : au moins { $count } caractère.
    [many] { $field } : au moins { $count } de caractères.
   *[other] { $field } : au moins { $count } caractères.
}
js-too-long = { $count ->
    [one] { $field } : { $count } caractère au maximum.
    [many] { $field } : { $count } de caractères au maximum.
   *[other] { $field } : { $count } caractères au maximum.
}
js-too-long-unknown = { $field } : le texte est trop long.
js-password-weak = Ce mot de passe est trop facile à deviner. L’idéal : quelques mots sans rapport entre eux.
js-format = { $field } : le format est incorrect.
js-email-format = Saisissez une adresse e-mail comme ada@example.com.
js-email-unreached = Nos e-mails ne peuvent pas atteindre cette adresse. Utilisez-en une sans caractères spéciaux avant le @.
js-field = Ce champ

js-verify-sent = Nous avons envoyé un lien à { $email }. Ouvrez-le pour confirmer votre adresse e-mail.
js-verify-resent = Si cette adresse e-mail n’est pas encore confirmée, vous allez recevoir un nouveau lien.
js-verify-done = Votre adresse e-mail est confirmée. Vous pouvez vous connecter.
js-forgot-sent = Si un compte existe avec cette adresse e-mail, vous allez recevoir un lien.
js-email-changed = Votre adresse e-mail a été modifiée. Connectez-vous avec la nouvelle.
js-email-undone = Votre ancienne adresse e-mail est rétablie. Choisissez maintenant un nouveau mot de passe.
js-password-changed = Votre mot de passe a été modifié. Tous vos autres appareils sont déconnectés.
js-session-unknown = Appareil inconnu
js-session-current = Cet appareil
js-session-seen = Dernière utilisation : { $time }
js-session-since = Connexion : { $time } ({ $method })
js-session-from = Adresse IP { $ip }
js-session-by-password = mot de passe
js-session-by-password-sms = mot de passe et code par SMS
js-session-by-password-totp = mot de passe et application d’authentification
js-session-by-password-recovery-code = mot de passe et code de secours
js-session-by-passkey = clé d’accès
js-session-end = Déconnecter
js-session-end-named = Déconnecter { $device }
js-session-ended = { $device } a été déconnecté.
js-sessions-ended = Tous vos autres appareils sont déconnectés.
js-provider-none = Non associé
js-provider-since = Associé le { $time }
js-provider-link = Associer
js-provider-link-named = Associer { $provider }
js-provider-linked = Vous pouvez maintenant vous connecter avec { $provider }.
js-provider-unlink = Dissocier
js-provider-unlink-named = Dissocier { $provider }
js-provider-unlink-sure = Dissocier { $provider } ? Vous ne pourrez plus vous connecter avec ce compte.
js-provider-unlinked = { $provider } est dissocié.
js-email-change-sent = Nous avons envoyé un lien à { $email }. Ouvrez-le pour modifier votre adresse e-mail.
js-name-saved = Votre nom a été enregistré.
js-name-missing = Non renseigné
js-yes = Oui
js-no = Non
js-confirmed = Confirmée
js-unconfirmed = Non confirmée
js-on = Oui
js-off = Non
js-delete-sure = Supprimer votre compte ? Cette action est irréversible.
js-delete = Supprimer le compte
js-still-logged-in = Votre session est toujours ouverte. { $problem }
js-code-sent = Nous avons envoyé un code au { $phone }.
js-code-resent = Nous avons envoyé un nouveau code. L’ancien ne fonctionne plus.
js-code-again = { $problem } Demandez-en un nouveau.
js-two-step-is-on = À la connexion, nous envoyons un code au { $phone }.
js-two-step-is-off = Activez les codes par SMS pour vous connecter avec votre mot de passe et un code envoyé sur votre téléphone.
js-two-step-turned-on = La validation en deux étapes est activée. Un code vous sera demandé à la connexion.
js-two-step-turned-off = La validation en deux étapes est désactivée. Nous avons supprimé votre numéro de téléphone.
js-app-on = Votre application d’authentification est configurée. Son code vous sera demandé à la connexion.
js-app-removed = Votre application d’authentification a été supprimée.
js-codes-left = { $count ->
    [one] { $count } code restant
    [many] { $count } codes restants
   *[other] { $count } codes restants
}
js-codes-copied = Copié.
js-app-qr = Code QR pour votre application d’authentification
js-passkeys-count = { $count ->
    [one] { $count } clé d’accès
    [many] { $count } clés d’accès
   *[other] { $count } clés d’accès
}
js-passkeys-none = Aucune
js-passkey-added = Clé d’accès ajoutée.
js-passkey-renamed = Clé d’accès renommée.
js-passkey-removed = Clé d’accès retirée.
js-passkey-made = Ajout : { $time }
js-passkey-used = Dernière utilisation : { $time }
js-passkey-unused = Jamais utilisée
js-passkey-unnamed = Clé d’accès
js-passkey-rename = Renommer
js-passkey-rename-named = Renommer { $name }
js-passkey-remove = Retirer
js-passkey-remove-named = Retirer { $name }

mail-hello = Bonjour,
mail-hello-name = Bonjour { $name },
mail-button-broken = Le bouton ne fonctionne pas ? Copiez ce lien dans votre navigateur :
mail-link-lifetime = Le lien ne fonctionne qu’une fois et expire dans { $lifetime }.
mail-lifetime-minutes = { $count ->
    [one] { $count } minute
    [many] { $count } de minutes
   *[other] { $count } minutes
}
mail-lifetime-hours = { $count ->
    [one] { $count } heure
    [many] { $count } d’heures
   *[other] { $count } heures
}
mail-lifetime-days = { $count ->
    [one] { $count } jour
    [many] { $count } de jours
   *[other] { $count } jours
}
mail-time = { $day ->
    [1] 1er
   *[other] { $day }
} { $month ->
    [1] janvier
    [2] février
    [3] mars
    [4] avril
    [5] mai
    [6] juin
    [7] juillet
    [8] août
    [9] septembre
    [10] octobre
    [11] novembre
   *[12] décembre
} { $year } à { $clock } UTC
mail-when = Date : { $time }
mail-from = Adresse IP : { $ip }
mail-by-administrator = Par : l’administration de { $app }
mail-reset-now = Réinitialiser le mot de passe
mail-support = Besoin d’aide ? Écrivez à { $email }.

mail-why-account = Vous recevez cet e-mail parce que l’adresse { $email } est associée à un compte sur { $app }.
mail-why-former = Vous recevez cet e-mail parce que l’adresse { $email } était associée à un compte sur { $app }.
mail-why-entered = Vous recevez cet e-mail parce que quelqu’un a saisi l’adresse { $email } sur { $app }.
mail-why-invited = Vous recevez cet e-mail parce qu’un compte a été créé pour { $email } sur { $app }.

mail-verification-subject = Confirmez votre adresse e-mail pour { $app }
mail-verification-title = Confirmez votre adresse e‑mail
mail-verification = Bienvenue sur { $app } ! Confirmez que { $email } est bien votre adresse.
mail-verification-button = Confirmer l’adresse e‑mail
mail-verification-unasked = Ce n’est pas vous ? Ignorez cet e-mail.

mail-password-reset-subject = Réinitialisez votre mot de passe pour { $app }
mail-password-reset-title = Choisissez un nouveau mot de passe
mail-password-reset = Quelqu’un a demandé à réinitialiser le mot de passe de { $email } sur { $app }. Dès que vous aurez choisi un nouveau mot de passe, tous vos appareils seront déconnectés.
mail-password-reset-button = Choisir un nouveau mot de passe
mail-password-reset-unasked = Vous n’avez rien demandé ? Ignorez cet e-mail. Votre mot de passe reste le même.

mail-email-change-subject = Confirmez votre nouvelle adresse e-mail pour { $app }
mail-email-change-title = Confirmez votre nouvelle adresse e‑mail
mail-email-change = Confirmez que { $email } est votre nouvelle adresse e-mail sur { $app }. Tous vos appareils seront déconnectés et cette adresse servira désormais à vous connecter.
mail-email-change-button = Confirmer la nouvelle adresse
mail-email-change-unasked = Vous n’avez rien demandé ? Ignorez cet e-mail. Rien ne change tant que vous n’ouvrez pas le lien pour confirmer.

mail-invite-subject = Invitation à rejoindre { $app }
mail-invite-title = Configurez votre compte
mail-invite = Nous vous invitons à rejoindre { $app }. Un compte a été créé pour { $email }. Configurez-le pour vous connecter.
mail-invite-button = Configurer le compte
mail-invite-unasked = Vous ne savez pas de quoi il s’agit ? Ignorez cet e-mail.

mail-already-registered-subject = Vous avez déjà un compte sur { $app }
mail-already-registered-title = Vous avez déjà un compte
mail-already-registered = Quelqu’un a essayé de s’inscrire sur { $app } avec { $email }. Vous avez déjà un compte avec cette adresse e-mail, nous n’en avons donc pas créé d’autre.
mail-already-registered-you = C’était vous ?
mail-already-registered-you-do = Connectez-vous comme d’habitude ou réinitialisez votre mot de passe si vous l’avez oublié.
mail-already-registered-unasked = Ce n’était pas vous ? Ignorez cet e-mail. Rien n’a changé dans votre compte.

mail-email-changed-subject = Votre adresse e-mail a été modifiée
mail-email-changed-title = Votre adresse e‑mail a été modifiée
mail-email-changed = L’adresse e-mail de votre compte sur { $app } est désormais { $email }. L’adresse { $old } n’y est plus associée.
mail-email-changed-undo = Vous avez 7 jours pour récupérer votre compte :
mail-email-changed-button = Annuler la modification
mail-email-changed-undo-more = Votre ancienne adresse e-mail sera rétablie, tous les appareils seront déconnectés et vous choisirez un nouveau mot de passe. Le lien ne fonctionne qu’une fois. Besoin d’aide ? Contactez l’assistance.
mail-email-changed-support = Quelqu’un d’autre utilise peut-être votre compte. Contactez l’assistance sans attendre.

mail-notice = Il s’agit du compte { $email } sur { $app }.
mail-notice-you = C’était vous ? Ignorez cet e-mail.
mail-notice-not-you = Ce n’était pas vous ?
mail-sentences = { $first } { $second }
notice-password = Votre mot de passe a été modifié.
notice-password-remedy = Quelqu’un d’autre utilise peut-être votre compte. Réinitialisez votre mot de passe dès maintenant : tous les appareils seront déconnectés. Si vous n’y arrivez pas, contactez l’assistance.
notice-email = La modification de votre adresse e‑mail a été annulée.
notice-email-remedy = Une personne ayant accès à l’ancienne adresse e-mail du compte a annulé la modification. Si c’est une erreur, contactez l’assistance.
notice-second-factor-added = La validation en deux étapes a été activée.
notice-second-factor-added-remedy = Quelqu’un d’autre utilise peut-être votre compte et reçoit les codes de connexion sur son téléphone. Réinitialisez votre mot de passe dès maintenant, puis contactez l’assistance.
notice-second-factor-moved = Votre numéro de téléphone pour la validation en deux étapes a été modifié.
notice-second-factor-moved-remedy = Quelqu’un d’autre utilise peut-être votre compte et reçoit les codes de connexion sur son téléphone. Réinitialisez votre mot de passe dès maintenant, puis contactez l’assistance.
notice-second-factor-removed = La validation en deux étapes a été désactivée.
notice-second-factor-removed-remedy = Quelqu’un d’autre utilise peut-être votre compte. Réinitialisez votre mot de passe dès maintenant, puis réactivez la validation en deux étapes.
notice-app-added = Une application d’authentification a été ajoutée pour la validation en deux étapes.
notice-app-replaced = Votre application d’authentification pour la validation en deux étapes a été remplacée.
notice-app-removed = Votre application d’authentification pour la validation en deux étapes a été supprimée.
notice-app-remedy = Quelqu’un d’autre utilise peut-être votre compte et obtient les codes de connexion dans son application. Réinitialisez votre mot de passe dès maintenant, puis contactez l’assistance.
notice-codes-made = De nouveaux codes de secours ont été créés. Les anciens ne fonctionnent plus.
notice-code-used = Un code de secours a été utilisé pour se connecter. { $count ->
    [one] Il vous reste { $count } code. Créez-en bientôt de nouveaux.
    [many] Il vous reste { $count } codes.
   *[other] Il vous reste { $count } codes.
}
notice-code-last = Votre dernier code de secours a été utilisé pour se connecter. Créez de nouveaux codes sur la page de votre compte.
notice-codes-remedy = Quelqu’un d’autre utilise peut-être votre compte. Réinitialisez votre mot de passe dès maintenant, puis créez de nouveaux codes de secours sur la page de votre compte.
notice-passkey-added = Une clé d’accès a été ajoutée à votre compte. Elle permet de se connecter sans votre mot de passe.
notice-passkey-added-remedy = Quelqu’un d’autre utilise peut-être votre compte. Retirez la clé d’accès sur la page de votre compte, réinitialisez votre mot de passe, puis déconnectez tous les autres appareils.
notice-passkey-removed = Une clé d’accès a été retirée de votre compte.
notice-passkeys-removed = Toutes les clés d’accès ont été retirées de votre compte.
notice-passkey-removed-remedy = Quelqu’un d’autre utilise peut-être votre compte. Réinitialisez votre mot de passe dès maintenant, puis vérifiez vos clés d’accès sur la page de votre compte.
notice-provider-linked = Vous pouvez maintenant vous connecter à votre compte avec { $provider }.
notice-provider-linked-remedy = Quelqu’un d’autre utilise peut-être votre compte et peut s’y connecter avec son propre accès. Réinitialisez votre mot de passe dès maintenant, puis dissociez cet accès sur la page de votre compte.
notice-provider-unlinked = Vous ne pouvez plus vous connecter à votre compte avec { $provider }.

# Without the narrow space before a colon, and without ç or ê: the GSM alphabet has none of them.
sms-phone-setup = { $code } est votre code de vérification { $app }. Il expire dans { $minutes } min.
sms-login = { $code } est votre code de connexion { $app }. Il expire dans { $minutes } min. Ne le partagez pas.
