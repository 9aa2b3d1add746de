# Spanish texts of the console; buttons are infinitives.

console-title = Administración
console-skip = Ir al contenido
console-any = Todos
console-search = Buscar
console-clear = Quitar filtros
console-status = Estado
console-created = Creación
console-last-login = Último inicio de sesión
console-never = nunca
console-pages = Páginas
console-first-page = Primera página
console-next-page = Página siguiente
console-to-start = Volver al inicio

### Coming in

console-forbidden-title = No puedes usar esta página
console-forbidden = Esta página no es para tu cuenta. Inicia sesión con otra cuenta o pregunta a quien gestiona este sitio.
console-factor-title = Activa la verificación en dos pasos
console-factor = En este sitio, los administradores necesitan la verificación en dos pasos. Actívala en tu cuenta y vuelve aquí.
console-door = Un momento: estamos comprobando tu sesión.
console-door-script = Activa JavaScript para traspasar tu sesión y vuelve a cargar la página.

### Errors

console-trouble-not-found-title = No encontrado
console-trouble-not-found = Aquí no hay nada. Es posible que se haya eliminado entretanto.
console-trouble-invalid-title = No ha funcionado
console-trouble-invalid = No se ha entendido la solicitud. Vuelve atrás e inténtalo de nuevo. Si estabas buscando, escribe una parte mayor de la dirección de correo o del nombre.
console-trouble-busy-title = No disponible en este momento
console-trouble-busy = El servidor está ocupado o no se puede acceder a la base de datos. Espera un momento y vuelve a cargar la página.
console-trouble-broken-title = Algo ha fallado
console-trouble-broken = Busca la solicitud por su hora en el registro del servidor y vuelve a cargar la página.

### Rooms

console-room-users = Usuarios

### Users

console-search-users = Dirección de correo o nombre
console-state = Cuenta
console-state-enabled = Activa
console-state-disabled = Desactivada
console-state-locked-out = Bloqueada por intentos fallidos
console-email-verified = Confirmada
console-email-unverified = Sin confirmar
console-role = Rol
console-role-admin = Administradores
console-role-other = No administradores
console-mfa-on = Activada
console-mfa-off = Desactivada
console-login-way = Forma de entrar
console-login-way-password = Contraseña
console-login-way-passkey = Llave de acceso
console-users-none = Ninguna cuenta coincide.
console-badge-disabled = Desactivada
console-badge-unverified = Sin confirmar
console-badge-admin = Administrador
console-badge-factor = Verificación en dos pasos

console-yes = sí
console-no = no
console-acts = Acciones
console-time = Fecha
console-added = añadida
console-used = último uso
console-linked = vinculada
console-expires = Caduca
console-unknown = desconocido
console-to-users = Volver a los usuarios

### Proof

console-your-password = Tu propia contraseña
console-your-password-hint = Iniciaste sesión hace más de diez minutos. Escribe la contraseña de tu propia cuenta para continuar.
console-log-in-again = Iniciaste sesión hace más de diez minutos. Vuelve a iniciar sesión para continuar.
console-log-in-again-submit = Cerrar sesión y volver a iniciarla
console-prove-passkey = Usar una llave de acceso
console-prove-passkey-failed = No se aceptó la llave de acceso. Inténtalo de nuevo o demuestra quién eres de otra forma.

### One account

console-account = Cuenta
console-id = ID
console-updated = Modificación
console-ended-before = Sesiones cerradas antes de
console-foreign-id = ID en el sistema anterior
console-failures = Intentos fallidos que cuentan
console-locked-out = { $minutes ->
    [one] Bloqueada por intentos fallidos, { $minutes } minuto más. Hasta:
    [many] Bloqueada por intentos fallidos, { $minutes } de minutos más. Hasta:
   *[other] Bloqueada por intentos fallidos, { $minutes } minutos más. Hasta:
}
console-lockout-left = Bloqueada tras intentos fallidos. Tiempo restante:
console-lockout-over = El bloqueo ha terminado: la persona puede volver a iniciar sesión. Recarga la página para ver el estado actual de la cuenta.
console-ways = Formas de iniciar sesión
console-app = Aplicación de autenticación
console-sms = Códigos por SMS
console-recovery-codes = Códigos de recuperación restantes
console-passkey = Llave de acceso
console-unlink = Desvincular { $provider }
console-sessions = Sesiones
console-client = Dispositivo
console-ip = Dirección IP
console-method = Forma de inicio de sesión
console-began = Inicio de sesión
console-last-seen = Último uso
console-this-session = Esta sesión
console-end-session = Cerrar sesión
console-more-sessions = Hay más sesiones. Ciérralas todas con «Cerrar todas las sesiones».
console-no-sessions = No hay ninguna sesión abierta.
console-recent-events = Eventos recientes
console-event = Evento
console-actor = Autor
console-no-events = No hay eventos.

### Changing an account

console-change-name = Cambiar nombre
console-change-name-hint = Déjalo vacío para quitar el nombre.
console-change-email = Cambiar dirección de correo
console-change-email-what = Se cierran todas las sesiones y la dirección anterior recibe un aviso. Si no marcas la casilla, la nueva dirección recibe un enlace para confirmarla.
console-new-email = Nueva dirección de correo
console-change-email-verified = La nueva dirección está confirmada: no enviar enlace
console-change-email-final = La dirección anterior se ha perdido o es de otra persona: no podrá deshacer el cambio
console-set-password = Establecer contraseña
console-set-password-what = Se cierran todas las sesiones y la persona recibe un aviso. Comunícale la contraseña de forma segura o, mejor, envíale un enlace para que elija una.

### Acts

console-act-enable = Activar y desbloquear
console-act-enable-what = Se puede volver a iniciar sesión enseguida: la cuenta está activa y los intentos fallidos y códigos erróneos dejan de contar.
console-act-verify = Marcar la dirección de correo como confirmada
console-act-verify-what = La dirección de correo cuenta como confirmada sin enlace.
console-act-resend-verification = Enviar enlace para confirmar la dirección de correo
console-act-resend-verification-what = La dirección de correo recibe un enlace nuevo. Los enlaces anteriores dejan de funcionar.
console-act-send-reset = Enviar enlace para establecer una contraseña
console-act-send-reset-what = La dirección de correo recibe un enlace para establecer una contraseña nueva.
console-act-end-sessions = Cerrar todas las sesiones
console-act-end-sessions-what = La sesión se cierra en todos los dispositivos y los enlaces enviados dejan de funcionar.
console-act-reset-factor = Desactivar la verificación en dos pasos
console-act-reset-factor-what = Se quitan el teléfono, la aplicación de autenticación y los códigos de recuperación. La persona recibe un aviso.
console-act-remove-passkeys = Quitar llaves de acceso
console-act-remove-passkeys-what = Se quitan todas las llaves de acceso, aunque sean la única forma de iniciar sesión. La persona recibe un aviso.
console-act-promote = Hacer administrador
console-act-promote-what = La persona puede usar esta administración y hacer todo lo que tú puedes hacer aquí.
console-act-demote = Quitar derechos de administrador
console-act-demote-what = La persona ya no puede usar esta administración. La cuenta se conserva.
console-act-disable = Desactivar cuenta
console-act-disable-what = La sesión se cierra en todos los dispositivos y no se puede iniciar sesión hasta que la cuenta se active de nuevo.
console-act-delete = Eliminar cuenta
console-act-delete-what = Se eliminan la cuenta y todos sus datos. No se puede deshacer.
console-act-end-session = Cerrar la sesión
console-act-end-session-what = La sesión de la persona en este dispositivo se cierra con la siguiente solicitud.
console-act-unlink = Desvincular el proveedor
console-act-unlink-what = La persona ya no puede iniciar sesión con este proveedor. La cuenta se conserva.
console-act-pending-promote = Crear la cuenta
console-act-pending-promote-what = El registro se convierte en una cuenta sin el enlace y su dirección de correo se considera confirmada.
console-act-pending-delete = Eliminar el registro
console-act-pending-delete-what = El registro se elimina y su enlace deja de funcionar. La persona puede registrarse de nuevo.

### Many accounts

console-select = Seleccionar
console-select-one = Seleccionar { $email }
console-bulk-act = Con las cuentas seleccionadas
console-bulk-all = Todas las que cumplen los filtros
console-bulk-everyone = Todas las cuentas
console-bulk-preview = Mostrar lo que ocurrirá
console-export = Exportar como CSV
console-accounts = { $count ->
    [one] { $count } cuenta
    [many] { $count } de cuentas
   *[other] { $count } cuentas
}
console-accounts-others = y { $count } más

### Creating an account

console-create = Crear cuenta
console-way = ¿Cómo entrará la persona?
console-way-invite = Enviar una invitación para elegir una contraseña
console-way-password = Establecer una contraseña
console-way-none = Ninguna de las dos: se puede enviar un enlace más tarde
console-way-password-hint = Al menos 8 caracteres. Solo se usa con «Establecer una contraseña».
console-create-verified = La dirección de correo está confirmada
console-create-admin = Hacer administradora la cuenta

### Pending registrations

console-room-pending = Pendientes
console-pending-what = Estas personas se han registrado, pero aún no han abierto el enlace de nuestro correo.
console-pending-none = No hay registros pendientes.
console-pending-promote = Crear cuenta
console-pending-delete = Eliminar

### What an act came to

console-done-enable = La cuenta está activa y permite iniciar sesión enseguida.
console-done-verify = La dirección de correo cuenta como confirmada.
console-done-resend-verification = Hay un enlace en camino para confirmar la dirección de correo.
console-done-send-reset = Hay un enlace en camino para establecer una contraseña nueva.
console-done-end-sessions = Se han cerrado todas las sesiones de la cuenta.
console-done-reset-factor = La verificación en dos pasos está desactivada.
console-done-remove-passkeys = Se han quitado las llaves de acceso.
console-done-promote = La cuenta ya es de administrador.
console-done-demote = La cuenta ya no es de administrador.
console-done-disable = La cuenta está desactivada.
console-done-delete = La cuenta se ha eliminado.
console-done-unchanged = No había nada que cambiar.
console-done-cap-spent = No se ha enviado ningún correo: esta dirección ha recibido demasiados en la última hora. El último enlace sigue funcionando.
console-done-session-ended = La sesión se ha cerrado.
console-done-unlinked = La cuenta se ha desvinculado.
console-done-name-changed = El nombre se ha cambiado.
console-done-email-changed = La dirección de correo se ha cambiado.
console-done-password-changed = La contraseña está establecida.
console-done-created = La cuenta se ha creado.
console-done-invited = La cuenta se ha creado y la invitación está en camino.
console-done-pending-promoted = La cuenta se ha creado.
console-done-pending-deleted = El registro se ha eliminado.
console-done-nothing-selected = Selecciona primero alguna cuenta.
console-done-bulk = Hecho para { $count }, no para { $others }.
console-done-bulk-part = Hecho para { $count } hasta ahora, no para { $others }. Quedan estas:

### Why an act was refused

console-error-reauthentication_required = Escribe tu propia contraseña para continuar.
console-error-wrong_password = Esa no es tu contraseña.
console-error-locked = Demasiadas contraseñas erróneas. Espera unos minutos.
console-error-last_superuser = Es el último administrador activo. Haz administrador primero a otra persona.
console-error-account_disabled = La cuenta está desactivada. Actívala primero.
console-error-already_verified = La dirección de correo ya está confirmada.
console-error-overtaken = La cuenta ha cambiado entretanto. Revísala e inténtalo de nuevo.
console-error-not_found = Eso ya no existe.
console-error-email_taken = Otra cuenta tiene esta dirección de correo.
console-error-last_way_in = Es la única forma de iniciar sesión en la cuenta. Envía primero un enlace para establecer una contraseña.
console-error-email-missing = Escribe una dirección de correo.
console-error-email-value_error = Escribe una dirección de correo como ada@example.com.
console-error-email-string_too_long = Esta dirección de correo es demasiado larga.
console-error-email-email_not_reached = El correo no llega a esta dirección. Usa una sin caracteres especiales antes de la @.
console-error-password-missing = Escribe una contraseña.
console-error-password-string_too_short = La contraseña necesita al menos 8 caracteres.
console-error-password-string_too_long = La contraseña tiene más de 128 caracteres.
console-error-password-password_too_weak = Esta contraseña es demasiado fácil de adivinar.
console-error-name-string_too_long = El nombre tiene más de 200 caracteres.
console-error-name-value_error = El nombre tiene demasiados acentos en una letra.
console-error-q-search_too_broad = La búsqueda tarda demasiado. Escribe una parte mayor de la dirección de correo o del nombre.

### Filters of several rooms

console-filter-account = Cuenta: dirección de correo, parte de ella o ID
console-filter-several = Coinciden varias cuentas. Escribe más de la dirección de correo.
console-filter-nobody = Ninguna cuenta tiene una dirección de correo que coincida.
console-filter-no-ip = Escribe una dirección IP completa, como 203.0.113.9.
console-and-more = Y más.

### Events

console-room-events = Eventos
console-request = ID de la solicitud
console-events-none = Ningún evento coincide.
console-live-start = Ver en directo
console-live-stop = Dejar de ver
console-live-hint = Los eventos nuevos aparecen aquí por sí solos.
console-live-news = Han aparecido eventos nuevos.
console-times = ×{ $count }

### Outbox

console-room-outbox = Bandeja de salida
console-outbox-state = En espera: { $waiting }. Fallidos: { $failed }.
console-outbox-oldest = El más antiguo espera desde
console-messages = Mensajes
console-messages-none = No hay mensajes. Los enviados no se guardan.
console-to-messages = Volver a los mensajes
console-to = Para
console-filter-to = Destinatario: dirección de correo, número de teléfono o URL, completo
console-kind = Tipo
console-kind-email = Correo
console-kind-sms = SMS
console-kind-webhook = Webhook
console-message-waiting = En espera
console-message-failed = Fallido
console-attempts = Intentos
console-queued = En cola desde
console-next-attempt = Próximo intento
console-due = ahora
console-last-error = Último error
console-retry = Reintentar ahora
console-retry-all = Reintentar los mensajes fallidos
console-retry-all-what = Todos los mensajes fallidos que coinciden con los filtros se envían de inmediato. Si un mensaje vuelve a fallar, se reintenta durante un día más.
console-delete = Eliminar
console-delete-message = Eliminar mensaje
console-delete-message-what = El mensaje se elimina sin enviarse. Esto no se puede deshacer.
console-test = Enviar un mensaje de prueba
console-test-what = El mensaje se envía de inmediato, sin pasar por la bandeja de salida. Indica que es una prueba.
console-test-no-mail = Este servidor no envía correos: solo los escribe en el registro.
console-test-no-sms = Este servidor no envía SMS.
console-test-to = Destinatario
console-test-to-hint = Una dirección de correo, o un número de teléfono como +14155550123.
console-test-send = Enviar
console-test-nothing = No se envió nada, porque este servidor no envía ese tipo de mensajes. Configura antes un servicio para ellos.
console-test-late = No hubo respuesta en medio minuto. Puede que el mensaje se haya enviado de todos modos: comprueba si llega.
console-test-refused = El mensaje no fue aceptado. La respuesta fue:

### Sessions of all accounts

console-select-session = Seleccionar una sesión de { $email }
console-end-ticked = Cerrar las sesiones seleccionadas
console-end-all = Cerrar todas las que coinciden
console-end-sessions = Cerrar sesiones
console-end-all-what = Se cierran todas las sesiones que coinciden con los filtros, excepto la que usas ahora. Las personas tendrán que volver a iniciar sesión.
console-end-ticked-what = Sesiones seleccionadas: { $count }. Se cierran de inmediato, y las personas tendrán que volver a iniciar sesión.
console-sessions-none = Ninguna sesión coincide.
console-page-empty = Todas las sesiones de esta página se han cerrado. Ve a la página siguiente.

### Webhooks

console-room-webhooks = Webhooks
console-receivers = Receptores
console-receivers-none = No hay receptores configurados.
console-url = URL
console-oldest = El más antiguo
console-not-configured = Ya no está configurado
console-deliveries = Entregas
console-deliveries-hint = Entregas en espera o fallidas. Las que se completaron no se guardan.

### What an act in these rooms came to

console-done-message-retried = El mensaje se envía ahora.
console-done-message-deleted = El mensaje se eliminó.
console-done-messages-retried = Mensajes que se envían ahora: { $count }.
console-done-messages-retried-part = Mensajes que se envían ahora: { $count }. Hay más: reinténtalos también.
console-done-test-sent = El mensaje fue aceptado. Comprueba si llega.
console-done-no-session-selected = Selecciona primero alguna sesión.
console-done-sessions-ended = Sesiones cerradas: { $count }. Ya terminadas: { $others }.
console-done-sessions-ended-part = Sesiones cerradas: { $count }. Hay más: ciérralas también.
console-error-to-missing = Escribe una dirección de correo o un número de teléfono.
console-error-to-value_error = Escribe una dirección de correo como ada@example.com, o un número de teléfono como +14155550123.
console-error-to-string_too_long = Este destinatario es demasiado largo.
### Overview

console-room-overview = Resumen
console-count-users = Cuentas
console-count-disabled = Desactivadas
console-count-unverified = Sin confirmar
console-count-admins = Administradores
console-count-pending = Registros pendientes
console-count-waiting = Mensajes en espera
console-count-failed = Mensajes fallidos
console-oldest-message = Mensaje en espera más antiguo:
console-days = Últimos 30 días (UTC)
console-days-table = Mostrar todos los días
console-day = Día
console-day-registered = Registros
console-day-verified = Correos confirmados
console-day-logins = Inicios de sesión
console-day-failures = Inicios de sesión fallidos
console-overview-today = Hoy:
console-overview-most = máximo en un día:
console-overview-reload = Volver a cargar
console-doctor = Comprobaciones
console-doctor-runs = Las comprobaciones aún no han terminado.
console-doctor-well = { $checks ->
    [one] La comprobación ha ido bien.
    [many] { $checks } comprobaciones han ido bien.
   *[other] Las { $checks } comprobaciones han ido bien.
}
console-doctor-found = Fallos: { $failures }. Advertencias: { $warnings }.
console-severity-failure = Fallo
console-severity-warning = Advertencia

### The first administrator

console-set-up-title = Crear el primer administrador
console-set-up = Este sitio aún no tiene administrador. Elige el correo y la contraseña del primero. El enlace que has abierto solo funciona una vez.
console-set-up-submit = Crear administrador
console-set-up-dead-title = Este enlace ya no funciona
console-set-up-dead = Se ha usado, ha caducado o ya hay un administrador. Si no hay ninguno, reinicia el servidor: mostrará un enlace nuevo. También puedes usar el comando regstack create-admin.

### Templates

console-room-templates = Plantillas
console-templates = Cada mensaje, SMS y página, con valores de ejemplo. Para cambiar una, pon un archivo tuyo en una carpeta de extra_template_dirs.
console-templates-all = Todas las plantillas
console-template = Plantilla
console-template-kind = Tipo
console-template-mail = Correo
console-template-sms = SMS
console-template-page = Página
console-template-subject = Asunto
console-template-text = Texto
console-template-replaced = Sustituida por
console-template-language = Idioma de la vista previa
console-template-sample = Con valores de ejemplo.
console-template-broken = Esta plantilla no se puede mostrar:

### Keys

console-room-keys = Claves
console-key-id = Clave
console-key-expires = Caduca
console-key-expired = Caducada
console-key-last-used = Último uso
console-service-keys = Claves de servicio
console-service-keys-what = Con una clave de servicio, un programa tuyo puede comprobar sesiones o usar la API de administración.
console-service-keys-none = No hay claves de servicio.
console-service-key-new = Crear clave de servicio
console-service-key-name-hint = El nombre del programa: minúsculas, cifras, puntos, guiones y guiones bajos.
console-service-key-days = Días hasta que caduque la clave
console-service-key-made = Clave de servicio creada
console-service-key-once = Copia la clave ahora. No se volverá a mostrar.
console-scopes = Permite
console-scope-introspect = comprobar sesiones
console-scope-admin-read = leer en la API de administración
console-scope-admin-write = leer y cambiar todo en la API de administración, salvo las claves de servicio
console-signing-keys = Claves de firma
console-signing-keys-what = Las sesiones se firman con pares de claves ({ $algorithm }). Los programas encuentran las claves públicas en /.well-known/jwks.json.
console-signing-keys-secret = Las sesiones se firman con el secreto ({ $algorithm }), así que no hay pares de claves. Para sustituir el secreto, usa regstack secret rotate.
console-signs-from = Firma desde
console-verifies-until = Verifica hasta
console-duty-announced = Publicada
console-duty-signs = Firma
console-duty-verifies = Verifica
console-act-rotate-key = Crear la siguiente clave de firma
console-act-rotate-key-what = La clave se publica enseguida y firma cuando los programas han tenido tiempo de obtenerla. No se cierra la sesión de nadie.
console-act-rotate-key-now = Firmar con ella enseguida: los programas rechazan sus tokens hasta que vuelvan a obtener las claves
console-act-remove-key = Eliminar clave de firma
console-act-remove-key-what = Todas las sesiones que firmó la clave terminan enseguida y hay que volver a iniciar sesión. Una clave se elimina sola cuando han caducado sus tokens.
console-act-revoke-service-key = Revocar clave de servicio
console-act-revoke-service-key-what = El programa no podrá usar la clave a partir de su próxima petición. No se puede deshacer.
console-done-key-rotated = Se ha creado la siguiente clave de firma.
console-done-key-removed = Se ha eliminado la clave de firma.
console-done-service-key-revoked = Se ha revocado la clave de servicio.
console-error-key_name-missing = Introduce un nombre.
console-error-key_name-value_error = Usa minúsculas, cifras, puntos, guiones y guiones bajos, y empieza por una letra o una cifra.
console-error-scope-missing = Elige para qué se puede usar la clave.
console-error-expires_at-value_error = Introduce un número de días de 1 a 3650, o deja el campo vacío.
console-error-name_taken = Ya hay una clave de servicio con este nombre. Elige otro nombre o revoca antes esa clave.

### Settings

console-room-settings = Configuración
console-settings = Los ajustes con los que arrancó este servidor y de dónde viene cada uno. Los secretos no se muestran nunca. Para cambiar uno, cámbialo allí y reinicia el servidor.
console-settings-elsewhere = Este servidor funciona dentro de otro programa, que define sus ajustes.
console-settings-changed = Solo los que no tienen su valor predeterminado
console-settings-none = Ningún ajuste coincide.
console-setting = Ajuste
console-setting-value = Valor
console-setting-layer = Viene de
console-setting-default = predeterminado

### Backup

console-room-backup = Copia de seguridad
console-act-back-up = Descargar copia de seguridad
console-act-back-up-what = Recibes una copia comprobada de la base de datos tal como está ahora. Contiene todas las cuentas y los hashes de las contraseñas: guárdala donde nadie más pueda leerla. Guarda también el archivo de secretos, en otro lugar: sin él no se pueden leer los mensajes ni los segundos factores de la copia.
console-backup-elsewhere = La base de datos es MongoDB, que tiene sus propias herramientas para copias de seguridad. Estos comandos hacen una copia de un replica set, la restauran en una base de datos vacía y después terminan todas las sesiones, porque alguien puede haber cerrado la suya desde entonces:
console-backup-secrets = Guarda también el archivo de secretos, en otro lugar: sin él no se pueden leer los mensajes ni los segundos factores de la copia.
