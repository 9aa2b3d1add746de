# Spanish, with "tú". "Correo" is the email address, "mensaje" what arrives there.

language-name = Español
email-address = Correo electrónico
password = Contraseña
new-password = Contraseña nueva
current-password = Contraseña actual
full-name = Nombre
language = Idioma
optional = opcional
code = Código
phone-number = Número de teléfono
log-in = Iniciar sesión
log-out = Cerrar sesión
back-to-log-in = Volver al inicio de sesión
get-new-link = Pedir un enlace nuevo
send-link = Enviar enlace
send-new-link = Enviar un enlace nuevo
send-code = Enviar código
send-new-code = Enviar otro código
contact-support = Contacta con el equipo de asistencia
cancel = Cancelar
check-your-email = Revisa tu correo
go-to-account = Ir a tu cuenta
already-have-account = ¿Ya tienes una cuenta?
needs-javascript = Esta página necesita JavaScript. Actívalo y vuelve a cargarla.
continue-to-app = Continuar en { $app }
footer-help = Ayuda
footer-terms = Condiciones
footer-privacy = Privacidad
footer-imprint = Aviso legal
page-description = Inicia sesión en { $app }, crea una cuenta o gestiona la tuya.

login-title = Iniciar sesión
login-forgot = ¿Has olvidado la contraseña?
login-new-here = ¿Es tu primera vez?
login-create-account = Crear una cuenta
login-passkey = Iniciar sesión con una llave de acceso

register-title = Crear una cuenta
register-submit = Crear cuenta
register-closed-title = El registro está cerrado
register-closed = Necesitas una invitación para unirte a { $app }. Contacta con el equipo de asistencia.
register-sent = Hemos enviado un enlace a { $email }. Ábrelo para confirmar tu correo.
register-sent-email = tu correo electrónico
register-no-email = ¿No te ha llegado? Mira en la carpeta de correo no deseado. Solo funciona el último enlace.
register-wrong-email = ¿Correo equivocado?
register-change-email = Cambiarlo

verify-title = Confirma tu correo electrónico
verify-with-password = Introduce la contraseña que elegiste al registrarte.
verify-lead = Confirma que este correo electrónico es tuyo.
verify-submit = Confirmar el correo
verify-already = ¿Ya lo has confirmado?
verify-done-title = Tu correo está confirmado
verify-done = Tu cuenta está lista.
verify-new-title = Pedir un enlace nuevo
verify-new = Introduce tu correo y te enviaremos un enlace para confirmarlo.

forgot-page-title = Contraseña olvidada
forgot-title = ¿Has olvidado la contraseña?
forgot-lead = Introduce tu correo y te enviaremos un enlace para elegir una contraseña nueva.
forgot-sent = Si hay una cuenta con { $email }, recibirás un enlace.
forgot-sent-email = este correo
forgot-no-email = ¿No te ha llegado? Mira en la carpeta de correo no deseado o { $link }.
forgot-no-email-link = prueba con otro correo

reset-title = Elige una contraseña nueva
reset-lead = Se cerrará la sesión en todos tus demás dispositivos.
reset-submit = Guardar contraseña

change-email-title = Confirma tu correo nuevo
change-email-lead = A partir de ahora iniciarás sesión con él. Se cerrará la sesión en todos tus dispositivos.
change-email-submit = Usar el correo nuevo
change-email-done-title = Se ha cambiado tu correo
change-email-done = A partir de ahora inicia sesión con { $email }.
change-email-done-email = tu correo nuevo

undo-title = Deshacer el cambio de correo
undo-lead = Tu cuenta recuperará el correo anterior. Se cerrará la sesión en todos tus dispositivos y elegirás una contraseña nueva.
undo-submit = Deshacer el cambio
undo-failed = ¿Necesitas ayuda? Contacta con el equipo de asistencia.
undo-failed-link = ¿Necesitas ayuda? { $link }
undo-done-title = Has recuperado tu correo anterior
undo-done = Tu cuenta vuelve a tener el correo { $email } y se ha cerrado la sesión en todos los dispositivos. Elige ahora una contraseña nueva para que nadie más pueda entrar.
undo-done-email = anterior
undo-done-submit = Elegir una contraseña nueva

invite-title = Te damos la bienvenida a { $app }
invite-lead = Elige una contraseña para tu cuenta.
invite-submit = Guardar contraseña
invite-passkey = Crear una llave de acceso
invite-dead = Pide otra invitación a quien te invitó.

mfa-title = Introduce el código
mfa-lead = Hemos enviado un código de { $digits } cifras al { $phone }. { $minutes ->
    [one] Caduca en { $minutes } minuto.
    [many] Caduca en { $minutes } de minutos.
   *[other] Caduca en { $minutes } minutos.
}
mfa-your-phone = número guardado
mfa-wrong-number = ¿Número equivocado? Contacta con el equipo de asistencia.
mfa-wrong-number-link = ¿Número equivocado? { $link }
mfa-lead-app = Introduce el código de 6 cifras de tu aplicación de autenticación.
mfa-lead-recovery = Introduce uno de tus códigos de recuperación. Cada código funciona una vez.
mfa-recovery-code = Código de recuperación
mfa-use-app = Usar la aplicación de autenticación
mfa-use-sms = Enviar un código a tu teléfono
mfa-use-recovery = Usar un código de recuperación

error-page-not-found-title = Página no encontrada
error-page-not-found = Revisa la dirección. Puede que la página se haya movido.
error-page-form-title = No ha funcionado
error-page-form = El formulario se envió antes de que la página estuviera lista. No se ha cambiado nada. Activa JavaScript, vuelve atrás y carga la página de nuevo.
error-page-busy-title = Ahora mismo hay mucho tráfico
error-page-busy = Espera un momento y vuelve a cargar la página.
error-page-broken-title = Algo ha fallado
error-page-broken = El problema es nuestro. Espera un momento y vuelve a intentarlo.

me-title = Tu cuenta
me-profile = Perfil
me-security = Seguridad
me-change = Cambiar
me-close = Cerrar
me-member-since = Cuenta creada el
me-name-submit = Guardar nombre
me-password-hint = Se cerrará la sesión en todos tus demás dispositivos.
me-password-submit = Cambiar contraseña
me-email-hint = Enviaremos un enlace a tu correo nuevo. No cambiará nada hasta que lo abras.
me-new-email = Correo nuevo
me-language-hint = El idioma de nuestras páginas y mensajes.
me-language-submit = Guardar idioma
me-two-step = Verificación en dos pasos
me-phone-hint = Incluye el prefijo del país, por ejemplo { $example }.
me-two-step-on = Activar
me-two-step-off = Desactivar
me-phone-again = Usar otro número
me-sessions = Dónde has iniciado sesión
me-sessions-hint = ¿No reconoces un dispositivo? Cierra su sesión y cambia tu contraseña.
me-sessions-end-others = Cerrar todas las demás sesiones
continue-with = Continuar con { $provider }
or = o
oauth-title = Iniciando sesión
oauth-working = Solo será un momento.
me-providers = Cuentas vinculadas
me-providers-hint = Inicia sesión con una cuenta que tengas en otro sitio.
me-sms = Códigos por SMS
me-app = Aplicación de autenticación
me-app-hint = Usa una aplicación que muestre un código nuevo cada 30 segundos.
me-app-start = Configurar aplicación
me-app-scan = Escanea el código QR con tu aplicación e introduce las 6 cifras que aparecen.
me-app-type = ¿No puedes escanearlo? Introduce esta clave:
me-app-remove = Quitar aplicación
me-codes = Códigos de recuperación
me-codes-hint = Usa uno para iniciar sesión cuando no tengas otro código. Al crear códigos nuevos, los anteriores dejan de funcionar.
me-codes-new = Crear códigos nuevos
me-passkeys = Llaves de acceso
me-passkeys-hint = Inicia sesión con tu huella, tu cara o el bloqueo de pantalla en lugar de una contraseña.
me-passkey-name = Nombre, por ejemplo el dispositivo
me-passkey-add = Añadir llave de acceso
me-passkey-rename = Cambiar nombre
me-passkey-remove = Quitar llave de acceso
me-passkey-password-hint = No hace falta si has iniciado sesión con una llave de acceso en los últimos cinco minutos.
codes-title = Guarda tus códigos de recuperación
codes-lead = Cada código te permite iniciar sesión una vez cuando no tengas el teléfono a mano. Guárdalos en un lugar seguro. No volveremos a mostrarlos.
codes-copy = Copiar
codes-download = Descargar
codes-print = Imprimir
codes-done = He guardado mis códigos
me-data = Tus datos
me-data-hint = Un archivo con todo lo que se guarda sobre tu cuenta.
me-data-download = Descargar tus datos
me-delete = Eliminar cuenta
me-delete-hint = Se eliminarán definitivamente tu cuenta y sus datos. Esta acción no se puede deshacer.
me-delete-title = ¿Eliminar tu cuenta?
me-delete-what = Se eliminará para siempre la cuenta { $email }, con su nombre, su número de teléfono y sus sesiones. No se puede deshacer.

js-notice-expired = Se ha cerrado tu sesión. Inicia sesión para continuar.
js-notice-left = Has cerrado sesión.
js-notice-language = Hemos guardado tu idioma.
js-notice-password = Se ha cambiado tu contraseña. Inicia sesión con la nueva.
js-notice-invited = Se ha guardado tu contraseña. Inicia sesión para empezar.
js-notice-passkey = Se ha guardado tu llave de acceso. Inicia sesión con ella para empezar.
js-notice-deleted = Se ha eliminado tu cuenta.
js-notice-code = El código ha caducado o se ha escrito mal demasiadas veces. Vuelve a iniciar sesión para recibir otro.

error-invalid_credentials = El correo o la contraseña no son correctos. ¿Te acabas de registrar? Abre primero el enlace de nuestro mensaje.
error-account_disabled = Esta cuenta está desactivada. Contacta con el equipo de asistencia.
error-email_unverified = Todavía no has confirmado tu correo.
error-locked = Demasiados intentos fallidos.
error-code_budget_spent = Demasiados códigos incorrectos.
error-rate_limited = Demasiados intentos.
error-overloaded = Ahora mismo tenemos mucha demanda.
error-unavailable = No está disponible en este momento. Inténtalo de nuevo más tarde.
error-wrong_password = Contraseña incorrecta.
error-password_unchanged = Esa ya es tu contraseña. Elige otra.
error-same_email = Ese ya es tu correo.
error-email_taken = Ya hay una cuenta con este correo.
error-invalid_phone = Introduce un teléfono con el prefijo del país, por ejemplo +44 20 7946 0018.
error-wrong_code = Código incorrecto. Solo funciona el último código.
error-wrong_recovery_code = Código de recuperación incorrecto. Cada código funciona una sola vez.
error-code_expired = El código ha caducado.
error-no_code = Este código ya se ha usado, se ha reemplazado o se ha escrito mal demasiadas veces.
error-invalid_token = Este enlace ha caducado o ya se ha usado.
error-missing_token = Este enlace está incompleto. Ábrelo de nuevo desde el mensaje.
error-registration_disabled = El registro está cerrado por ahora.
error-cross_site = No puedes iniciar sesión desde esta dirección web. Contacta con el equipo de asistencia.
error-last_superuser = Eres la única persona que administra este sitio. Nombra antes a otra.
error-mfa_not_enabled = La verificación en dos pasos ya está desactivada.
error-passkey_refused = Esta llave de acceso no funciona aquí. Inicia sesión de otra forma.
error-invalid_passkey = No se ha añadido la llave de acceso. Inténtalo de nuevo.
error-passkey_taken = Esta llave de acceso ya se había añadido.
error-too_many_passkeys = Tienes 20 llaves de acceso, el máximo posible. Quita antes una.
error-password_only = Esta cuenta tiene una contraseña o la verificación en dos pasos. Elige en su lugar una contraseña nueva.
error-last_way_in = Es tu única forma de iniciar sesión. Añade antes otra.
error-reauthentication_required = Introduce tu contraseña.
error-no_passkey = No se ha usado ninguna llave de acceso.
error-passkey_late = Ha tardado demasiado. Inténtalo de nuevo.
error-oauth_failed = No ha funcionado. Inténtalo de nuevo o inicia sesión de otra forma.
error-access_denied = No has permitido el inicio de sesión. Inténtalo de nuevo o inicia sesión de otra forma.
error-bad_state = Este inicio de sesión ha caducado o ya se usó. Empieza de nuevo.
error-provider_unavailable = No podemos conectar con este proveedor ahora. Inicia sesión de otra forma o inténtalo más tarde.
error-provider_email_unverified = Este proveedor no ha confirmado tu dirección de correo. Confírmala allí o regístrate con una contraseña.
error-email_not_reached = El correo no llega a la dirección que tienes allí. Regístrate con otra.
error-email_in_use = Ya hay una cuenta con esta dirección de correo. Inicia sesión en ella y vincula el proveedor en la página de tu cuenta.
error-identity_in_use = Este acceso ya pertenece a otra cuenta.
error-provider_in_use = Tu cuenta ya está vinculada a otra persona en este proveedor. Desvincúlala primero.
error-already_linked = Este acceso ya está vinculado a tu cuenta.
error-user_inactive = Esta cuenta está desactivada. Contacta con el equipo de asistencia.
error-session_ended = Se ha cerrado tu sesión mientras tanto. Inicia sesión e inténtalo de nuevo.
error-old_login = Por seguridad, vuelve a iniciar sesión antes de cambiar esto.
error-no_storage = Tu navegador bloquea el almacenamiento de este sitio. Permítelo para que se mantenga la sesión.
error-offline = No tienes conexión. Conéctate a internet e inténtalo de nuevo.
error-away = No podemos conectar con el servidor. Inténtalo de nuevo en un momento.
error-late = El servidor tarda demasiado en responder. Comprueba si ha funcionado antes de intentarlo de nuevo.
error-internal = Ha habido un problema por nuestra parte. Inténtalo de nuevo en un momento.
error-other = No ha funcionado. Vuelve a cargar la página e inténtalo de nuevo.

js-quote-code = { $problem } Si sigue pasando, indica este código: { $code }
js-wait = { $problem } Podrás intentarlo de nuevo dentro de { $time }.
js-wait-over = Ya puedes intentarlo de nuevo.
js-working = Un momento…
js-again-in = Podrás pedir otro dentro de { $time }.
js-again-now = Ya puedes pedir otro.
js-unlock = { $link } para desbloquear tu cuenta ahora.
js-unlock-link = Restablece tu contraseña
js-hours = { $hours } h { $minutes } min
js-minutes = { $minutes } min { $seconds } s
js-seconds = { $seconds } s
js-try-again = Intentar de nuevo
js-get-new-link = Pedir un enlace nuevo
js-log-in = Iniciar sesión
js-cancel = Cancelar
js-confirm = Confirmar
js-confirm-asked = Confirma que lo has pedido tú.

js-show = Mostrar
js-hide = Ocultar
js-show-password = Mostrar contraseña
js-hide-password = Ocultar contraseña
js-password-rule = { $count ->
    [one] Al menos { $count } carácter. Lo mejor son varias palabras sin relación.
    [many] Al menos { $count } de caracteres. Lo mejor son varias palabras sin relación.
   *[other] Al menos { $count } caracteres. Lo mejor son varias palabras sin relación.
}
js-enter-password = Introduce tu contraseña.
js-choose-password = Elige una contraseña.
js-enter-email = Introduce tu correo electrónico.
js-enter-new_email = Introduce tu correo nuevo.
js-enter-code = Introduce el código.
js-enter-recovery_code = Introduce un código de recuperación.
js-enter-phone_number = Introduce tu número de teléfono.
js-required = Campo obligatorio: { $field }
js-digits-only = Introduce solo cifras.
js-password-short = { $count ->
    [one] Usa al menos { $count } carácter.
    [many] Usa al menos { $count } de caracteres.
   *[other] Usa al menos { $count } caracteres.
}
js-too-short = { $count ->
    [one] { $field }: al menos { $count } carácter.
    [many] { $field }: al menos { $count } de caracteres.
   *[other] { $field }: al menos { $count } caracteres.
}
js-too-long = { $count ->
    [one] { $field }: como máximo { $count } carácter.
    [many] { $field }: como máximo { $count } de caracteres.
   *[other] { $field }: como máximo { $count } caracteres.
}
js-too-long-unknown = { $field }: el texto es demasiado largo.
js-password-weak = Esta contraseña es demasiado fácil de adivinar. Lo mejor son varias palabras sin relación.
js-format = { $field }: el formato no es correcto.
js-email-format = Introduce un correo como ada@example.com.
js-email-unreached = Nuestros correos no llegan a esta dirección. Usa una sin caracteres especiales antes de la @.
js-field = Este campo

js-verify-sent = Hemos enviado un enlace a { $email }. Ábrelo para confirmar tu correo.
js-verify-resent = Si este correo aún no está confirmado, recibirás un enlace nuevo.
js-verify-done = Tu correo está confirmado. Ya puedes iniciar sesión.
js-forgot-sent = Si hay una cuenta con este correo, recibirás un enlace.
js-email-changed = Se ha cambiado tu correo. Inicia sesión con el nuevo.
js-email-undone = Has recuperado tu correo anterior. Elige ahora una contraseña nueva.
js-password-changed = Se ha cambiado tu contraseña. Se ha cerrado la sesión en todos tus demás dispositivos.
js-session-unknown = Dispositivo desconocido
js-session-current = Este dispositivo
js-session-seen = Último uso: { $time }
js-session-since = Inicio de sesión: { $time } ({ $method })
js-session-from = Dirección IP { $ip }
js-session-by-password = contraseña
js-session-by-password-sms = contraseña y código por SMS
js-session-by-password-totp = contraseña y aplicación de autenticación
js-session-by-password-recovery-code = contraseña y código de recuperación
js-session-by-passkey = llave de acceso
js-session-end = Cerrar sesión
js-session-end-named = Cerrar sesión en { $device }
js-provider-none = Sin vincular
js-provider-since = Vinculada el { $time }
js-provider-link = Vincular
js-provider-link-named = Vincular { $provider }
js-provider-linked = Ya puedes iniciar sesión con { $provider }.
js-provider-unlink = Desvincular
js-provider-unlink-named = Desvincular { $provider }
js-provider-unlink-sure = ¿Desvincular { $provider }? Ya no podrás iniciar sesión con esa cuenta.
js-provider-unlinked = { $provider } está desvinculado.
js-session-ended = Se ha cerrado la sesión en { $device }.
js-sessions-ended = Se han cerrado todas las demás sesiones.
js-email-change-sent = Hemos enviado un enlace a { $email }. Ábrelo para cambiar tu correo.
js-name-saved = Se ha guardado tu nombre.
js-name-missing = No indicado
js-yes = Sí
js-no = No
js-confirmed = Confirmado
js-unconfirmed = Sin confirmar
js-on = Sí
js-off = No
js-delete-sure = ¿Quieres eliminar tu cuenta? Esta acción no se puede deshacer.
js-delete = Eliminar cuenta
js-still-logged-in = Tu sesión sigue abierta. { $problem }
js-code-sent = Hemos enviado un código al { $phone }.
js-code-resent = Hemos enviado otro código. El anterior ya no sirve.
js-code-again = { $problem } Pide otro.
js-two-step-is-on = Al iniciar sesión, enviamos un código al { $phone }.
js-two-step-is-off = Activa los códigos por SMS para iniciar sesión con tu contraseña y un código que enviamos a tu teléfono.
js-two-step-turned-on = La verificación en dos pasos está activada. Te pediremos un código al iniciar sesión.
js-two-step-turned-off = La verificación en dos pasos está desactivada. Hemos eliminado tu número de teléfono.
js-app-on = Tu aplicación de autenticación está configurada. Te pediremos su código al iniciar sesión.
js-app-removed = Se ha quitado tu aplicación de autenticación.
js-codes-left = { $count ->
    [one] Queda { $count } código
    [many] Quedan { $count } códigos
   *[other] Quedan { $count } códigos
}
js-codes-copied = Copiado.
js-app-qr = Código QR para tu aplicación de autenticación
js-passkeys-count = { $count ->
    [one] { $count } llave de acceso
    [many] { $count } llaves de acceso
   *[other] { $count } llaves de acceso
}
js-passkeys-none = Ninguna
js-passkey-added = Llave de acceso añadida.
js-passkey-renamed = Nombre cambiado.
js-passkey-removed = Llave de acceso quitada.
js-passkey-made = Añadida: { $time }
js-passkey-used = Último uso: { $time }
js-passkey-unused = Sin usar
js-passkey-unnamed = Llave de acceso
js-passkey-rename = Cambiar nombre
js-passkey-rename-named = Cambiar nombre: { $name }
js-passkey-remove = Quitar
js-passkey-remove-named = Quitar { $name }

mail-hello = Hola:
mail-hello-name = Hola, { $name }:
mail-button-broken = ¿No funciona el botón? Copia este enlace en tu navegador:
mail-link-lifetime = El enlace funciona una sola vez y caduca en { $lifetime }.
mail-lifetime-minutes = { $count ->
    [one] { $count } minuto
    [many] { $count } de minutos
   *[other] { $count } minutos
}
mail-lifetime-hours = { $count ->
    [one] { $count } hora
    [many] { $count } de horas
   *[other] { $count } horas
}
mail-lifetime-days = { $count ->
    [one] { $count } día
    [many] { $count } de días
   *[other] { $count } días
}
mail-time = { $day } de { $month ->
    [1] enero
    [2] febrero
    [3] marzo
    [4] abril
    [5] mayo
    [6] junio
    [7] julio
    [8] agosto
    [9] septiembre
    [10] octubre
    [11] noviembre
   *[12] diciembre
} de { $year }, { $clock } UTC
mail-when = Cuándo: { $time }
mail-from = Origen: dirección IP { $ip }
mail-by-administrator = Origen: la administración de { $app }
mail-reset-now = Restablecer la contraseña
mail-support = ¿Necesitas ayuda? Escribe a { $email }.

mail-why-account = Recibes este mensaje porque { $email } tiene una cuenta en { $app }.
mail-why-former = Recibes este mensaje porque { $email } era el correo de una cuenta de { $app }.
mail-why-entered = Recibes este mensaje porque alguien ha introducido { $email } en { $app }.
mail-why-invited = Recibes este mensaje porque se ha creado una cuenta de { $app } para { $email }.

mail-verification-subject = Confirma tu correo electrónico en { $app }
mail-verification-title = Confirma tu correo electrónico
mail-verification = ¡Te damos la bienvenida a { $app }! Confirma que { $email } es tu correo electrónico.
mail-verification-button = Confirmar el correo
mail-verification-unasked = ¿No te has registrado? Ignora este mensaje.

mail-password-reset-subject = Restablece tu contraseña de { $app }
mail-password-reset-title = Elige una contraseña nueva
mail-password-reset = Alguien ha pedido restablecer la contraseña de { $email } en { $app }. Cuando elijas una contraseña nueva, se cerrará la sesión en todos tus dispositivos.
mail-password-reset-button = Elegir una contraseña nueva
mail-password-reset-unasked = ¿No lo has pedido? Ignora este mensaje. Tu contraseña seguirá siendo la misma.

mail-email-change-subject = Confirma tu correo nuevo en { $app }
mail-email-change-title = Confirma tu correo nuevo
mail-email-change = Confirma que { $email } es tu correo nuevo en { $app }. Se cerrará la sesión en todos tus dispositivos y, a partir de entonces, iniciarás sesión con este correo.
mail-email-change-button = Confirmar el correo nuevo
mail-email-change-unasked = ¿No lo has pedido? Ignora este mensaje. No cambiará nada si no abres el enlace y lo confirmas.

mail-invite-subject = Tienes una invitación a { $app }
mail-invite-title = Configura tu cuenta
mail-invite = Tienes una invitación a { $app }. Hemos creado una cuenta para { $email }. Configúrala para iniciar sesión.
mail-invite-button = Configurar la cuenta
mail-invite-unasked = ¿No sabes de qué se trata? Ignora este mensaje.

mail-already-registered-subject = Ya tienes una cuenta en { $app }
mail-already-registered-title = Ya tienes una cuenta
mail-already-registered = Alguien ha intentado registrarse en { $app } con { $email }. Ya tienes una cuenta con este correo, así que no hemos creado otra.
mail-already-registered-you = ¿Has sido tú?
mail-already-registered-you-do = Inicia sesión como siempre o restablece la contraseña si la has olvidado.
mail-already-registered-unasked = ¿No has sido tú? Ignora este mensaje. No ha cambiado nada en tu cuenta.

mail-email-changed-subject = Se ha cambiado tu correo electrónico
mail-email-changed-title = Se ha cambiado tu correo electrónico
mail-email-changed = Tu cuenta de { $app } tiene ahora el correo { $email }. El correo { $old } ya no está asociado a ella.
mail-email-changed-undo = Recupera tu cuenta en un plazo de 7 días:
mail-email-changed-button = Deshacer el cambio
mail-email-changed-undo-more = Así recuperas tu correo anterior, se cierra la sesión en todos los dispositivos y eliges una contraseña nueva. El enlace funciona una sola vez. ¿Necesitas ayuda? Contacta con el equipo de asistencia.
mail-email-changed-support = Puede que otra persona esté usando tu cuenta. Contacta cuanto antes con el equipo de asistencia.

mail-notice = Se trata de la cuenta { $email } de { $app }.
mail-notice-you = ¿Has sido tú? Ignora este mensaje.
mail-notice-not-you = ¿No has sido tú?
mail-sentences = { $first } { $second }
notice-password = Se ha cambiado tu contraseña.
notice-password-remedy = Puede que otra persona esté usando tu cuenta. Restablece ahora la contraseña: se cerrará la sesión en todos los dispositivos. Si no puedes, contacta con el equipo de asistencia.
notice-email = Se ha deshecho el cambio de tu correo electrónico.
notice-email-remedy = Alguien con acceso al correo anterior de la cuenta ha deshecho el cambio. Si es un error, contacta con el equipo de asistencia.
notice-second-factor-added = Se ha activado la verificación en dos pasos.
notice-second-factor-added-remedy = Puede que otra persona esté usando tu cuenta y reciba los códigos de acceso en su teléfono. Restablece ahora la contraseña y contacta después con el equipo de asistencia.
notice-second-factor-moved = Se ha cambiado tu teléfono para la verificación en dos pasos.
notice-second-factor-moved-remedy = Puede que otra persona esté usando tu cuenta y reciba los códigos de acceso en su teléfono. Restablece ahora la contraseña y contacta después con el equipo de asistencia.
notice-second-factor-removed = Se ha desactivado la verificación en dos pasos.
notice-second-factor-removed-remedy = Puede que otra persona esté usando tu cuenta. Restablece ahora la contraseña y vuelve a activar después la verificación en dos pasos.
notice-app-added = Se ha añadido una aplicación de autenticación para la verificación en dos pasos.
notice-app-replaced = Se ha sustituido tu aplicación de autenticación para la verificación en dos pasos.
notice-app-removed = Se ha quitado tu aplicación de autenticación para la verificación en dos pasos.
notice-app-remedy = Puede que otra persona esté usando tu cuenta y genere los códigos de acceso en su aplicación. Restablece ahora la contraseña y contacta después con el equipo de asistencia.
notice-codes-made = Se han creado códigos de recuperación nuevos. Los anteriores ya no funcionan.
notice-code-used = Se ha usado un código de recuperación para iniciar sesión. { $count ->
    [one] Te queda { $count } código. Crea otros pronto.
    [many] Te quedan { $count } códigos.
   *[other] Te quedan { $count } códigos.
}
notice-code-last = Se ha usado tu último código de recuperación para iniciar sesión. Crea códigos nuevos en la página de tu cuenta.
notice-codes-remedy = Puede que otra persona esté usando tu cuenta. Restablece ahora la contraseña y crea después códigos de recuperación nuevos en la página de tu cuenta.
notice-passkey-added = Se ha añadido una llave de acceso a tu cuenta. Permite iniciar sesión sin tu contraseña.
notice-passkey-added-remedy = Puede que otra persona esté usando tu cuenta. Quita la llave de acceso en la página de tu cuenta, restablece la contraseña y cierra sesión en los demás dispositivos.
notice-passkey-removed = Se ha quitado una llave de acceso de tu cuenta.
notice-passkeys-removed = Se han quitado todas las llaves de acceso de tu cuenta.
notice-passkey-removed-remedy = Puede que otra persona esté usando tu cuenta. Restablece ahora la contraseña y revisa después tus llaves de acceso en la página de tu cuenta.
notice-provider-linked = Ya puedes iniciar sesión en tu cuenta con { $provider }.
notice-provider-linked-remedy = Puede que otra persona esté usando tu cuenta y pueda entrar con su propio acceso. Restablece ahora la contraseña y desvincúlalo después en la página de tu cuenta.
notice-provider-unlinked = Ya no puedes iniciar sesión en tu cuenta con { $provider }.

# Without "código": the GSM alphabet has no ó.
sms-phone-setup = Usa { $code } para confirmar tu teléfono en { $app }. Caduca en { $minutes } min.
sms-login = Usa { $code } para entrar en { $app }. Caduca en { $minutes } min. No lo compartas.
