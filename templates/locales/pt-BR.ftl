# Brazilian Portuguese, with "você". "Entrar" is logging in, "cadastrar-se" signing up.

language-name = Português (Brasil)
email-address = E-mail
password = Senha
new-password = Nova senha
current-password = Senha atual
full-name = Nome
language = Idioma
optional = opcional
code = Código
phone-number = Número de telefone
log-in = Entrar
log-out = Sair
back-to-log-in = Voltar para o login
get-new-link = Pedir um novo link
send-link = Enviar link
send-new-link = Enviar novo link
send-code = Enviar código
send-new-code = Enviar novo código
contact-support = Fale com o suporte
cancel = Cancelar
check-your-email = Confira seu e-mail
go-to-account = Ir para sua conta
already-have-account = Já tem uma conta?
needs-javascript = Esta página precisa de JavaScript. Ative-o e recarregue a página.
continue-to-app = Continuar para { $app }
footer-help = Ajuda
footer-terms = Termos
footer-privacy = Privacidade
footer-imprint = Informações legais
page-description = Entre em { $app }, crie uma conta ou gerencie a sua.

login-title = Entrar
login-forgot = Esqueceu a senha?
login-new-here = Primeira vez por aqui?
login-create-account = Criar uma conta
login-passkey = Entrar com uma chave de acesso

register-title = Criar uma conta
register-submit = Criar conta
register-closed-title = O cadastro está fechado
register-closed = Você precisa de um convite para criar uma conta em { $app }. Fale com o suporte.
register-sent = Enviamos um link para { $email }. Abra-o para confirmar seu e-mail.
register-sent-email = seu e-mail
register-no-email = Não recebeu? Confira a caixa de spam. Só o link mais recente funciona.
register-wrong-email = E-mail errado?
register-change-email = Corrigir

verify-title = Confirme seu e-mail
verify-with-password = Digite a senha que você escolheu no cadastro.
verify-lead = Confirme que este e-mail é seu.
verify-submit = Confirmar e-mail
verify-already = Já confirmou?
verify-done-title = Seu e-mail foi confirmado
verify-done = Sua conta está pronta.
verify-new-title = Pedir um novo link
verify-new = Digite seu e-mail e enviaremos um link para confirmá-lo.

forgot-page-title = Senha esquecida
forgot-title = Esqueceu a senha?
forgot-lead = Digite seu e-mail e enviaremos um link para criar uma nova senha.
forgot-sent = Se houver uma conta para { $email }, você receberá um link.
forgot-sent-email = este e-mail
forgot-no-email = Não recebeu? Confira a caixa de spam ou { $link }.
forgot-no-email-link = tente outro e-mail

reset-title = Crie uma nova senha
reset-lead = Sua conta será desconectada de todos os outros dispositivos.
reset-submit = Salvar senha

change-email-title = Confirme seu novo e-mail
change-email-lead = A partir de agora, você entrará com ele. Sua conta será desconectada de todos os dispositivos.
change-email-submit = Usar o novo e-mail
change-email-done-title = Seu e-mail foi alterado
change-email-done = A partir de agora, entre com { $email }.
change-email-done-email = seu novo e-mail

undo-title = Desfazer a alteração do e-mail
undo-lead = Sua conta voltará a ter o e-mail anterior. Ela será desconectada de todos os dispositivos e você criará uma nova senha.
undo-submit = Desfazer a alteração
undo-failed = Precisa de ajuda? Fale com o suporte.
undo-failed-link = Precisa de ajuda? { $link }
undo-done-title = Seu e-mail anterior foi restaurado
undo-done = Sua conta voltou a ter o e-mail { $email } e foi desconectada de todos os dispositivos. Crie agora uma nova senha, para que só você possa entrar.
undo-done-email = anterior
undo-done-submit = Criar uma nova senha

invite-title = Boas-vindas a { $app }
invite-lead = Crie uma senha para sua conta.
invite-submit = Salvar senha
invite-passkey = Criar uma chave de acesso
invite-dead = Peça um novo convite a quem convidou você.

mfa-title = Digite o código
mfa-lead = Enviamos um código de { $digits } dígitos para { $phone }. { $minutes ->
    [one] Ele expira em { $minutes } minuto.
    [many] Ele expira em { $minutes } de minutos.
   *[other] Ele expira em { $minutes } minutos.
}
mfa-your-phone = seu telefone
mfa-wrong-number = Número errado? Fale com o suporte.
mfa-wrong-number-link = Número errado? { $link }
mfa-lead-app = Digite o código de 6 dígitos do seu aplicativo autenticador.
mfa-lead-recovery = Digite um dos seus códigos de recuperação. Cada código funciona uma vez.
mfa-recovery-code = Código de recuperação
mfa-use-app = Usar o aplicativo autenticador
mfa-use-sms = Enviar um código para seu telefone
mfa-use-recovery = Usar um código de recuperação

error-page-not-found-title = Página não encontrada
error-page-not-found = Confira o endereço. A página pode ter mudado de lugar.
error-page-form-title = Não deu certo
error-page-form = O formulário foi enviado antes de a página ficar pronta. Nada mudou. Ative o JavaScript, volte e recarregue a página.
error-page-busy-title = Há muitos acessos agora
error-page-busy = Aguarde um momento e recarregue a página.
error-page-broken-title = Algo deu errado
error-page-broken = O problema é nosso. Aguarde um momento e tente de novo.

me-title = Sua conta
me-profile = Perfil
me-security = Segurança
me-change = Alterar
me-close = Fechar
me-member-since = Membro desde
me-name-submit = Salvar nome
me-password-hint = Sua conta será desconectada de todos os outros dispositivos.
me-password-submit = Alterar senha
me-email-hint = Enviaremos um link para seu novo e-mail. Nada muda até você abri-lo.
me-new-email = Novo e-mail
me-language-hint = O idioma das nossas páginas e dos nossos e-mails.
me-language-submit = Salvar idioma
me-two-step = Verificação em duas etapas
me-phone-hint = Inclua o código do país, por exemplo { $example }.
me-two-step-on = Ativar
me-two-step-off = Desativar
me-phone-again = Usar outro número
me-sessions = Onde sua conta está conectada
me-sessions-hint = Não reconhece um dispositivo? Desconecte-o e altere sua senha.
me-sessions-end-others = Sair de todos os outros dispositivos
continue-with = Continuar com { $provider }
or = ou
oauth-title = Entrando na sua conta
oauth-working = Só leva um instante.
me-providers = Contas vinculadas
me-providers-hint = Entre com uma conta que você tem em outro lugar.
me-sms = Códigos por SMS
me-app = Aplicativo autenticador
me-app-hint = Use um aplicativo que mostre um novo código a cada 30 segundos.
me-app-start = Configurar aplicativo
me-app-scan = Escaneie o código QR com seu aplicativo e digite os 6 dígitos exibidos.
me-app-type = Não consegue escanear? Digite esta chave:
me-app-remove = Remover aplicativo
me-codes = Códigos de recuperação
me-codes-hint = Use um para entrar quando não tiver outro código. Ao criar novos códigos, os antigos param de funcionar.
me-codes-new = Criar novos códigos
me-passkeys = Chaves de acesso
me-passkeys-hint = Entre com sua digital, seu rosto ou o bloqueio de tela em vez de uma senha.
me-passkey-name = Nome, por exemplo o dispositivo
me-passkey-add = Adicionar chave de acesso
me-passkey-rename = Renomear chave de acesso
me-passkey-remove = Remover chave de acesso
me-passkey-password-hint = Não é preciso se você entrou com uma chave de acesso nos últimos cinco minutos.
codes-title = Salve seus códigos de recuperação
codes-lead = Cada código permite entrar uma vez quando você está sem o telefone. Guarde-os em um lugar seguro. Não vamos mostrá-los de novo.
codes-copy = Copiar
codes-download = Baixar
codes-print = Imprimir
codes-done = Salvei meus códigos
me-data = Seus dados
me-data-hint = Um arquivo com tudo o que está armazenado sobre a sua conta.
me-data-download = Baixar seus dados
me-delete = Excluir conta
me-delete-hint = Sua conta e seus dados serão excluídos definitivamente. Não é possível desfazer essa ação.
me-delete-title = Excluir sua conta?
me-delete-what = A conta { $email } será excluída para sempre, com o nome, o número de telefone e as sessões. Não é possível desfazer.

js-notice-expired = Sua sessão foi encerrada. Entre para continuar.
js-notice-left = Você saiu da sua conta.
js-notice-language = Seu idioma foi salvo.
js-notice-password = Sua senha foi alterada. Entre com a nova.
js-notice-invited = Sua senha foi salva. Entre para começar.
js-notice-passkey = Sua chave de acesso foi salva. Entre com ela para começar.
js-notice-deleted = Sua conta foi excluída.
js-notice-code = O código expirou ou foi digitado incorretamente muitas vezes. Entre novamente para receber outro.

error-invalid_credentials = E-mail ou senha incorretos. Acabou de se cadastrar? Abra primeiro o link do nosso e-mail.
error-account_disabled = Esta conta está desativada. Fale com o suporte.
error-email_unverified = Você ainda não confirmou seu e-mail.
error-locked = Muitas tentativas incorretas.
error-code_budget_spent = Muitos códigos incorretos.
error-rate_limited = Muitas tentativas.
error-overloaded = O serviço está muito ocupado no momento.
error-unavailable = Isso não está disponível agora. Tente de novo mais tarde.
error-wrong_password = Senha incorreta.
error-password_unchanged = Essa já é sua senha. Escolha outra.
error-same_email = Esse já é seu e-mail.
error-email_taken = Já existe uma conta com este e-mail.
error-invalid_phone = Digite um telefone com o código do país, por exemplo +44 20 7946 0018.
error-wrong_code = Código incorreto. Só o código mais recente funciona.
error-wrong_recovery_code = Código de recuperação incorreto. Cada código funciona uma única vez.
error-code_expired = O código expirou.
error-no_code = Este código já foi usado, substituído ou digitado incorretamente muitas vezes.
error-invalid_token = Este link expirou ou já foi usado.
error-missing_token = Este link está incompleto. Abra-o de novo a partir do e-mail.
error-registration_disabled = O cadastro está fechado no momento.
error-cross_site = Não é possível entrar por este endereço. Fale com o suporte.
error-last_superuser = Você é a única pessoa que administra este site. Antes, torne outra pessoa administradora.
error-mfa_not_enabled = A verificação em duas etapas já está desativada.
error-passkey_refused = Esta chave de acesso não funciona aqui. Entre de outra forma.
error-invalid_passkey = A chave de acesso não foi adicionada. Tente de novo.
error-passkey_taken = Esta chave de acesso já foi adicionada.
error-too_many_passkeys = Você tem 20 chaves de acesso, o máximo possível. Remova uma antes.
error-password_only = Esta conta tem uma senha ou a verificação em duas etapas. Em vez disso, crie uma senha nova.
error-last_way_in = Esta é sua única forma de entrar. Adicione outra antes.
error-reauthentication_required = Digite sua senha.
error-no_passkey = Nenhuma chave de acesso foi usada.
error-passkey_late = Demorou demais. Tente de novo.
error-oauth_failed = Não deu certo. Tente de novo ou entre de outra forma.
error-access_denied = Você não autorizou a entrada. Tente de novo ou entre de outra forma.
error-bad_state = Este acesso expirou ou já foi usado. Comece de novo.
error-provider_unavailable = Não conseguimos acessar este provedor agora. Entre de outra forma ou tente de novo mais tarde.
error-provider_email_unverified = Este provedor não confirmou seu endereço de e-mail. Confirme lá ou cadastre-se com uma senha.
error-email_not_reached = O e-mail não chega ao endereço que você tem lá. Cadastre-se com outro.
error-email_in_use = Já existe uma conta com este endereço de e-mail. Entre nela e vincule o provedor na página da sua conta.
error-identity_in_use = Este acesso já pertence a outra conta.
error-provider_in_use = Sua conta já está vinculada a outra pessoa neste provedor. Desvincule-a primeiro.
error-already_linked = Este acesso já está vinculado à sua conta.
error-user_inactive = Esta conta está desativada. Fale com o suporte.
error-session_ended = Você foi desconectado nesse meio-tempo. Entre e tente de novo.
error-old_login = Para sua segurança, entre de novo antes de mudar isso.
error-no_storage = Seu navegador bloqueia o armazenamento deste site. Permita-o para manter sua sessão.
error-offline = Você está sem conexão. Conecte-se à internet e tente de novo.
error-away = Não conseguimos acessar o servidor. Tente de novo em instantes.
error-late = O servidor está demorando para responder. Verifique se funcionou antes de tentar de novo.
error-internal = Algo deu errado do nosso lado. Tente de novo em instantes.
error-other = Não deu certo. Recarregue a página e tente de novo.

js-quote-code = { $problem } Se continuar acontecendo, informe este código: { $code }
js-wait = { $problem } Você pode tentar de novo em { $time }.
js-wait-over = Você já pode tentar de novo.
js-working = Um momento…
js-again-in = Você pode pedir outro em { $time }.
js-again-now = Você já pode pedir outro.
js-unlock = { $link } para desbloquear sua conta agora.
js-unlock-link = Redefina sua senha
js-hours = { $hours } h { $minutes } min
js-minutes = { $minutes } min { $seconds } s
js-seconds = { $seconds } s
js-try-again = Tentar de novo
js-get-new-link = Pedir um novo link
js-log-in = Entrar
js-cancel = Cancelar
js-confirm = Confirmar
js-confirm-asked = Confirme que foi você quem pediu.

js-show = Mostrar
js-hide = Ocultar
js-show-password = Mostrar senha
js-hide-password = Ocultar senha
js-password-rule = { $count ->
    [one] Pelo menos { $count } caractere. O ideal é usar algumas palavras sem relação entre si.
    [many] Pelo menos { $count } de caracteres. O ideal é usar algumas palavras sem relação entre si.
   *[other] Pelo menos { $count } caracteres. O ideal é usar algumas palavras sem relação entre si.
}
js-enter-password = Digite sua senha.
js-choose-password = Escolha uma senha.
js-enter-email = Digite seu e-mail.
js-enter-new_email = Digite seu novo e-mail.
js-enter-code = Digite o código.
js-enter-recovery_code = Digite um código de recuperação.
js-enter-phone_number = Digite seu número de telefone.
js-required = Campo obrigatório: { $field }
js-digits-only = Digite apenas números.
js-password-short = { $count ->
    [one] Use pelo menos { $count } caractere.
    [many] Use pelo menos { $count } de caracteres.
   *[other] Use pelo menos { $count } caracteres.
}
js-too-short = { $count ->
    [one] { $field }: pelo menos { $count } caractere.
    [many] { $field }: pelo menos { $count } de caracteres.
   *[other] { $field }: pelo menos { $count } caracteres.
}
js-too-long = { $count ->
    [one] { $field }: no máximo { $count } caractere.
    [many] { $field }: no máximo { $count } de caracteres.
   *[other] { $field }: no máximo { $count } caracteres.
}
js-too-long-unknown = { $field }: o texto é longo demais.
js-password-weak = Esta senha é fácil demais de adivinhar. O ideal é usar algumas palavras sem relação entre si.
js-format = { $field }: o formato está incorreto.
js-email-format = Digite um e-mail como ada@example.com.
js-email-unreached = Nossos e-mails não chegam a este endereço. Use um sem caracteres especiais antes do @.
js-field = Este campo

js-verify-sent = Enviamos um link para { $email }. Abra-o para confirmar seu e-mail.
js-verify-resent = Se este e-mail ainda não foi confirmado, você receberá um novo link.
js-verify-done = Seu e-mail foi confirmado. Você já pode entrar.
js-forgot-sent = Se houver uma conta com este e-mail, você receberá um link.
js-email-changed = Seu e-mail foi alterado. Entre com o novo.
js-email-undone = Seu e-mail anterior foi restaurado. Crie agora uma nova senha.
js-password-changed = Sua senha foi alterada. Sua conta foi desconectada de todos os outros dispositivos.
js-session-unknown = Dispositivo desconhecido
js-session-current = Este dispositivo
js-session-seen = Último uso: { $time }
js-session-since = Login: { $time } ({ $method })
js-session-from = Endereço IP { $ip }
js-session-by-password = senha
js-session-by-password-sms = senha e código por SMS
js-session-by-password-totp = senha e aplicativo autenticador
js-session-by-password-recovery-code = senha e código de recuperação
js-session-by-passkey = chave de acesso
js-session-end = Desconectar
js-session-end-named = Desconectar { $device }
js-provider-none = Não vinculada
js-provider-since = Vinculada em { $time }
js-provider-link = Vincular
js-provider-link-named = Vincular { $provider }
js-provider-linked = Agora você pode entrar com { $provider }.
js-provider-unlink = Desvincular
js-provider-unlink-named = Desvincular { $provider }
js-provider-unlink-sure = Desvincular { $provider }? Você não poderá mais entrar com essa conta.
js-provider-unlinked = { $provider } foi desvinculado.
js-session-ended = { $device } foi desconectado.
js-sessions-ended = Você saiu de todos os outros dispositivos.
js-email-change-sent = Enviamos um link para { $email }. Abra-o para alterar seu e-mail.
js-name-saved = Seu nome foi salvo.
js-name-missing = Não informado
js-yes = Sim
js-no = Não
js-confirmed = Confirmado
js-unconfirmed = Não confirmado
js-on = Sim
js-off = Não
js-delete-sure = Excluir sua conta? Não é possível desfazer essa ação.
js-delete = Excluir conta
js-still-logged-in = Sua sessão continua aberta. { $problem }
js-code-sent = Enviamos um código para { $phone }.
js-code-resent = Enviamos um novo código. O antigo não vale mais.
js-code-again = { $problem } Peça um novo.
js-two-step-is-on = Quando você entra, enviamos um código para { $phone }.
js-two-step-is-off = Ative os códigos por SMS para entrar com sua senha e um código que enviamos para seu telefone.
js-two-step-turned-on = A verificação em duas etapas está ativada. Pediremos um código quando você entrar.
js-two-step-turned-off = A verificação em duas etapas está desativada. Removemos seu número de telefone.
js-app-on = Seu aplicativo autenticador está configurado. Pediremos o código dele quando você entrar.
js-app-removed = Seu aplicativo autenticador foi removido.
js-codes-left = { $count ->
    [one] Resta { $count } código
    [many] Restam { $count } códigos
   *[other] Restam { $count } códigos
}
js-codes-copied = Copiado.
js-app-qr = Código QR para seu aplicativo autenticador
js-passkeys-count = { $count ->
    [one] { $count } chave de acesso
    [many] { $count } chaves de acesso
   *[other] { $count } chaves de acesso
}
js-passkeys-none = Nenhuma
js-passkey-added = Chave de acesso adicionada.
js-passkey-renamed = Chave de acesso renomeada.
js-passkey-removed = Chave de acesso removida.
js-passkey-made = Adicionada: { $time }
js-passkey-used = Último uso: { $time }
js-passkey-unused = Nunca usada
js-passkey-unnamed = Chave de acesso
js-passkey-rename = Renomear
js-passkey-rename-named = Renomear { $name }
js-passkey-remove = Remover
js-passkey-remove-named = Remover { $name }

mail-hello = Olá,
mail-hello-name = Olá, { $name },
mail-button-broken = O botão não funciona? Copie este link para o navegador:
mail-link-lifetime = O link funciona uma única vez e expira em { $lifetime }.
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
    [one] { $count } dia
    [many] { $count } de dias
   *[other] { $count } dias
}
mail-time = { $day } de { $month ->
    [1] janeiro
    [2] fevereiro
    [3] março
    [4] abril
    [5] maio
    [6] junho
    [7] julho
    [8] agosto
    [9] setembro
    [10] outubro
    [11] novembro
   *[12] dezembro
} de { $year }, { $clock } UTC
mail-when = Quando: { $time }
mail-from = Origem: endereço IP { $ip }
mail-by-administrator = Origem: administração de { $app }
mail-reset-now = Redefinir a senha
mail-support = Precisa de ajuda? Escreva para { $email }.

mail-why-account = Você recebeu este e-mail porque { $email } tem uma conta em { $app }.
mail-why-former = Você recebeu este e-mail porque { $email } era o e-mail de uma conta em { $app }.
mail-why-entered = Você recebeu este e-mail porque alguém informou { $email } em { $app }.
mail-why-invited = Você recebeu este e-mail porque foi criada uma conta em { $app } para { $email }.

mail-verification-subject = Confirme seu e-mail em { $app }
mail-verification-title = Confirme seu e-mail
mail-verification = Boas-vindas a { $app }! Confirme que { $email } é seu e-mail.
mail-verification-button = Confirmar e-mail
mail-verification-unasked = Não se cadastrou? Ignore este e-mail.

mail-password-reset-subject = Redefina sua senha em { $app }
mail-password-reset-title = Crie uma nova senha
mail-password-reset = Alguém pediu para redefinir a senha de { $email } em { $app }. Quando você criar uma nova senha, sua conta será desconectada de todos os dispositivos.
mail-password-reset-button = Criar nova senha
mail-password-reset-unasked = Não pediu isso? Ignore este e-mail. Sua senha continua a mesma.

mail-email-change-subject = Confirme seu novo e-mail em { $app }
mail-email-change-title = Confirme seu novo e-mail
mail-email-change = Confirme que { $email } é seu novo e-mail em { $app }. Sua conta será desconectada de todos os dispositivos e, a partir daí, você entrará com esse e-mail.
mail-email-change-button = Confirmar novo e-mail
mail-email-change-unasked = Não pediu isso? Ignore este e-mail. Nada muda se você não abrir o link e confirmar.

mail-invite-subject = Você recebeu um convite para { $app }
mail-invite-title = Configure sua conta
mail-invite = Você recebeu um convite para { $app }. Criamos uma conta para { $email }. Configure a conta para entrar.
mail-invite-button = Configurar conta
mail-invite-unasked = Não sabe do que se trata? Ignore este e-mail.

mail-already-registered-subject = Você já tem uma conta em { $app }
mail-already-registered-title = Você já tem uma conta
mail-already-registered = Alguém tentou se cadastrar em { $app } com { $email }. Você já tem uma conta com esse e-mail, por isso não criamos outra.
mail-already-registered-you = Foi você?
mail-already-registered-you-do = Entre como de costume ou redefina sua senha, se a esqueceu.
mail-already-registered-unasked = Não foi você? Ignore este e-mail. Nada mudou na sua conta.

mail-email-changed-subject = Seu e-mail foi alterado
mail-email-changed-title = Seu e-mail foi alterado
mail-email-changed = Sua conta em { $app } agora tem o e-mail { $email }. O e-mail { $old } não está mais associado a ela.
mail-email-changed-undo = Recupere sua conta em até 7 dias:
mail-email-changed-button = Desfazer a alteração
mail-email-changed-undo-more = Isso restaura seu e-mail anterior, desconecta todos os dispositivos e permite criar uma nova senha. O link funciona uma única vez. Precisa de ajuda? Fale com o suporte.
mail-email-changed-support = Outra pessoa pode estar usando sua conta. Fale com o suporte agora.

mail-notice = Trata-se da conta { $email } em { $app }.
mail-notice-you = Foi você? Ignore este e-mail.
mail-notice-not-you = Não foi você?
mail-sentences = { $first } { $second }
notice-password = Sua senha foi alterada.
notice-password-remedy = Outra pessoa pode estar usando sua conta. Redefina sua senha agora. Isso desconecta todos os dispositivos. Se não conseguir, fale com o suporte.
notice-email = A alteração do seu e-mail foi desfeita.
notice-email-remedy = Alguém com acesso ao e-mail anterior da conta desfez a alteração. Se isso foi um engano, fale com o suporte.
notice-second-factor-added = A verificação em duas etapas foi ativada.
notice-second-factor-added-remedy = Outra pessoa pode estar usando sua conta e recebendo os códigos de acesso no telefone dela. Redefina sua senha agora e depois fale com o suporte.
notice-second-factor-moved = Seu telefone para a verificação em duas etapas foi alterado.
notice-second-factor-moved-remedy = Outra pessoa pode estar usando sua conta e recebendo os códigos de acesso no telefone dela. Redefina sua senha agora e depois fale com o suporte.
notice-second-factor-removed = A verificação em duas etapas foi desativada.
notice-second-factor-removed-remedy = Outra pessoa pode estar usando sua conta. Redefina sua senha agora e depois ative de novo a verificação em duas etapas.
notice-app-added = Um aplicativo autenticador foi adicionado à verificação em duas etapas.
notice-app-replaced = Seu aplicativo autenticador da verificação em duas etapas foi substituído.
notice-app-removed = Seu aplicativo autenticador da verificação em duas etapas foi removido.
notice-app-remedy = Outra pessoa pode estar usando sua conta e gerando os códigos de acesso no aplicativo dela. Redefina sua senha agora e depois fale com o suporte.
notice-codes-made = Novos códigos de recuperação foram criados. Os antigos não funcionam mais.
notice-code-used = Um código de recuperação foi usado para entrar. { $count ->
    [one] Resta { $count } código. Crie outros em breve.
    [many] Restam { $count } códigos.
   *[other] Restam { $count } códigos.
}
notice-code-last = Seu último código de recuperação foi usado para entrar. Crie novos códigos na página da sua conta.
notice-codes-remedy = Outra pessoa pode estar usando sua conta. Redefina sua senha agora e depois crie novos códigos de recuperação na página da sua conta.
notice-passkey-added = Uma chave de acesso foi adicionada à sua conta. Ela entra sem sua senha.
notice-passkey-added-remedy = Outra pessoa pode estar usando sua conta. Remova a chave de acesso na página da sua conta, redefina sua senha e saia de todos os outros dispositivos.
notice-passkey-removed = Uma chave de acesso foi removida da sua conta.
notice-passkeys-removed = Todas as chaves de acesso foram removidas da sua conta.
notice-passkey-removed-remedy = Outra pessoa pode estar usando sua conta. Redefina sua senha agora e depois confira suas chaves de acesso na página da sua conta.
notice-provider-linked = Agora você pode entrar na sua conta com { $provider }.
notice-provider-linked-remedy = Outra pessoa pode estar usando sua conta e entrar com o acesso dela. Redefina sua senha agora e depois desvincule esse acesso na página da sua conta.
notice-provider-unlinked = Você não pode mais entrar na sua conta com { $provider }.

# Without "código" and "não": the GSM alphabet has neither ó nor ã.
sms-phone-setup = Use { $code } para confirmar seu telefone em { $app }. Expira em { $minutes } min.
sms-login = Use { $code } para entrar em { $app }. Expira em { $minutes } min. Nunca compartilhe.
