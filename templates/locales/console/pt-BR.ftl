# Brazilian Portuguese texts of the console; buttons are infinitives.

console-title = Administração
console-skip = Ir para o conteúdo
console-any = Todos
console-search = Pesquisar
console-clear = Limpar filtros
console-status = Situação
console-created = Criação
console-last-login = Último acesso
console-never = nunca
console-pages = Páginas
console-first-page = Primeira página
console-next-page = Próxima página
console-to-start = Voltar ao início

### Coming in

console-forbidden-title = Você não pode usar esta página
console-forbidden = Esta página não é para a sua conta. Entre com outra conta ou fale com quem administra este site.
console-factor-title = Ative a verificação em duas etapas
console-factor = Neste site, os administradores precisam da verificação em duas etapas. Ative-a na sua conta e volte aqui.
console-door = Um momento: estamos verificando seu acesso.
console-door-script = Ative o JavaScript para transferir seu acesso e recarregue a página.

### Errors

console-trouble-not-found-title = Não encontrado
console-trouble-not-found = Não há nada aqui. Talvez tenha sido excluído nesse meio-tempo.
console-trouble-invalid-title = Não deu certo
console-trouble-invalid = A solicitação não foi entendida. Volte e tente de novo. Se você estava pesquisando, digite uma parte maior do e-mail ou do nome.
console-trouble-busy-title = Indisponível no momento
console-trouble-busy = O servidor está ocupado ou o banco de dados está fora de alcance. Aguarde um momento e recarregue a página.
console-trouble-broken-title = Algo deu errado
console-trouble-broken = Procure a solicitação pelo horário no registro do servidor e recarregue a página.

### Rooms

console-room-users = Usuários

### Users

console-search-users = E-mail ou nome
console-state = Conta
console-state-enabled = Ativa
console-state-disabled = Desativada
console-state-locked-out = Bloqueada após falhas
console-email-verified = Confirmado
console-email-unverified = Não confirmado
console-role = Função
console-role-admin = Administradores
console-role-other = Não administradores
console-mfa-on = Ativada
console-mfa-off = Desativada
console-login-way = Forma de entrar
console-login-way-password = Senha
console-login-way-passkey = Chave de acesso
console-users-none = Nenhuma conta corresponde.
console-badge-disabled = Desativada
console-badge-unverified = Não confirmado
console-badge-admin = Administrador
console-badge-factor = Verificação em duas etapas

console-yes = sim
console-no = não
console-acts = Ações
console-time = Data
console-added = adicionada
console-used = último uso
console-linked = vinculada
console-expires = Expira
console-unknown = desconhecido
console-to-users = Voltar aos usuários

### Proof

console-your-password = Sua própria senha
console-your-password-hint = Você entrou há mais de dez minutos. Digite a senha da sua própria conta para continuar.
console-log-in-again = Você entrou há mais de dez minutos. Entre de novo para continuar.
console-log-in-again-submit = Sair e entrar de novo
console-prove-passkey = Usar uma chave de acesso
console-prove-passkey-failed = A chave de acesso não foi aceita. Tente de novo ou comprove quem você é de outra forma.

### One account

console-account = Conta
console-id = ID
console-updated = Alteração
console-ended-before = Sessões encerradas antes de
console-foreign-id = ID no sistema anterior
console-failures = Falhas de acesso que contam
console-locked-out = { $minutes ->
    [one] Bloqueada após falhas de acesso, por mais { $minutes } minuto. Até:
    [many] Bloqueada após falhas de acesso, por mais { $minutes } de minutos. Até:
   *[other] Bloqueada após falhas de acesso, por mais { $minutes } minutos. Até:
}
console-lockout-left = Bloqueada após tentativas com falha. Tempo restante:
console-lockout-over = O bloqueio acabou: a pessoa pode entrar de novo. Recarregue a página para ver a situação atual da conta.
console-ways = Formas de entrar
console-app = Aplicativo autenticador
console-sms = Códigos por SMS
console-recovery-codes = Códigos de recuperação restantes
console-passkey = Chave de acesso
console-unlink = Desvincular { $provider }
console-sessions = Sessões
console-client = Dispositivo
console-ip = Endereço IP
console-method = Forma de acesso
console-began = Entrada
console-last-seen = Último uso
console-this-session = Esta sessão
console-end-session = Encerrar sessão
console-more-sessions = Há mais sessões. Encerre todas com “Encerrar todas as sessões”.
console-no-sessions = Nenhuma sessão aberta.
console-recent-events = Eventos recentes
console-event = Evento
console-actor = Autor
console-no-events = Nenhum evento.

### Changing an account

console-change-name = Alterar nome
console-change-name-hint = Deixe em branco para remover o nome.
console-change-email = Alterar e-mail
console-change-email-what = Todas as sessões são encerradas e o e-mail antigo recebe um aviso. Se você não marcar a caixa, o novo e-mail recebe um link de confirmação.
console-new-email = Novo e-mail
console-change-email-verified = O novo e-mail está confirmado: não enviar link
console-change-email-final = O e-mail antigo foi perdido ou é de outra pessoa: ele não poderá desfazer a alteração
console-set-password = Definir senha
console-set-password-what = Todas as sessões são encerradas e a pessoa recebe um aviso. Informe a senha de forma segura ou, melhor, envie um link para que ela escolha uma.

### Acts

console-act-enable = Ativar e desbloquear
console-act-enable-what = Já será possível entrar de novo: a conta fica ativa e as falhas de acesso e os códigos errados deixam de contar.
console-act-verify = Marcar o e-mail como confirmado
console-act-verify-what = O e-mail vale como confirmado sem link.
console-act-resend-verification = Enviar link para confirmar o e-mail
console-act-resend-verification-what = O e-mail recebe um link novo. Os links antigos deixam de funcionar.
console-act-send-reset = Enviar link para definir uma senha
console-act-send-reset-what = O e-mail recebe um link para definir uma nova senha.
console-act-end-sessions = Encerrar todas as sessões
console-act-end-sessions-what = A pessoa sai em todos os dispositivos e os links enviados deixam de funcionar.
console-act-reset-factor = Desativar a verificação em duas etapas
console-act-reset-factor-what = Telefone, aplicativo autenticador e códigos de recuperação são removidos. A pessoa recebe um aviso.
console-act-remove-passkeys = Remover chaves de acesso
console-act-remove-passkeys-what = Todas as chaves de acesso são removidas, mesmo que sejam a única forma de entrar. A pessoa recebe um aviso.
console-act-promote = Tornar administrador
console-act-promote-what = A pessoa pode usar esta administração e fazer tudo o que você pode fazer aqui.
console-act-demote = Remover direitos de administrador
console-act-demote-what = A pessoa não pode mais usar esta administração. A conta continua existindo.
console-act-disable = Desativar conta
console-act-disable-what = A pessoa sai em todos os dispositivos e só pode entrar de novo quando a conta for ativada.
console-act-delete = Excluir conta
console-act-delete-what = A conta e todos os seus dados são excluídos. Não é possível desfazer.
console-act-end-session = Encerrar sessão
console-act-end-session-what = A pessoa sai deste dispositivo na próxima solicitação.
console-act-unlink = Desvincular o provedor
console-act-unlink-what = A pessoa não pode mais entrar com este provedor. A conta permanece.
console-act-pending-promote = Criar conta
console-act-pending-promote-what = O cadastro se torna uma conta sem o link, e o endereço de e-mail passa a contar como confirmado.
console-act-pending-delete = Excluir cadastro
console-act-pending-delete-what = O cadastro é excluído e o link deixa de funcionar. A pessoa pode se cadastrar de novo.

### Many accounts

console-select = Selecionar
console-select-one = Selecionar { $email }
console-bulk-act = Com as contas selecionadas
console-bulk-all = Todas que correspondem aos filtros
console-bulk-everyone = Todas as contas
console-bulk-preview = Mostrar o que vai acontecer
console-export = Exportar como CSV
console-accounts = { $count ->
    [one] { $count } conta
    [many] { $count } de contas
   *[other] { $count } contas
}
console-accounts-others = e mais { $count }

### Creating an account

console-create = Criar conta
console-way = Como a pessoa vai entrar?
console-way-invite = Enviar um convite para escolher uma senha
console-way-password = Definir uma senha
console-way-none = Nenhuma das duas: um link pode ser enviado depois
console-way-password-hint = Pelo menos 8 caracteres. Só vale com “Definir uma senha”.
console-create-verified = O e-mail está confirmado
console-create-admin = Tornar a conta administradora

### Pending registrations

console-room-pending = Pendentes
console-pending-what = Estas pessoas se cadastraram, mas ainda não abriram o link do nosso e-mail.
console-pending-none = Nenhum cadastro está pendente.
console-pending-promote = Criar conta
console-pending-delete = Excluir

### What an act came to

console-done-enable = A conta está ativa e já permite entrar.
console-done-verify = O e-mail vale como confirmado.
console-done-resend-verification = Um link para confirmar o e-mail está a caminho.
console-done-send-reset = Um link para definir uma nova senha está a caminho.
console-done-end-sessions = Todas as sessões da conta foram encerradas.
console-done-reset-factor = A verificação em duas etapas está desativada.
console-done-remove-passkeys = As chaves de acesso foram removidas.
console-done-promote = A conta agora é de administrador.
console-done-demote = A conta não é mais de administrador.
console-done-disable = A conta está desativada.
console-done-delete = A conta foi excluída.
console-done-unchanged = Não havia nada para alterar.
console-done-cap-spent = Nenhum e-mail foi enviado: este endereço recebeu e-mails demais na última hora. O último link ainda funciona.
console-done-session-ended = A sessão foi encerrada.
console-done-unlinked = A conta foi desvinculada.
console-done-name-changed = O nome foi alterado.
console-done-email-changed = O e-mail foi alterado.
console-done-password-changed = A senha está definida.
console-done-created = A conta foi criada.
console-done-invited = A conta foi criada e o convite está a caminho.
console-done-pending-promoted = A conta foi criada.
console-done-pending-deleted = O cadastro foi excluído.
console-done-nothing-selected = Selecione contas primeiro.
console-done-bulk = Feito para { $count }, não para { $others }.
console-done-bulk-part = Feito para { $count } até agora, não para { $others }. Restam estas:

### Why an act was refused

console-error-reauthentication_required = Digite sua própria senha para continuar.
console-error-wrong_password = Essa não é a sua senha.
console-error-locked = Senhas erradas demais. Aguarde alguns minutos.
console-error-last_superuser = Este é o último administrador ativo. Torne outra pessoa administradora primeiro.
console-error-account_disabled = A conta está desativada. Ative-a primeiro.
console-error-already_verified = O e-mail já está confirmado.
console-error-overtaken = A conta foi alterada nesse meio-tempo. Confira e tente de novo.
console-error-not_found = Isso não existe mais.
console-error-email_taken = Outra conta tem este e-mail.
console-error-last_way_in = Esta é a única forma de entrar na conta. Envie primeiro um link para definir uma senha.
console-error-email-missing = Digite um e-mail.
console-error-email-value_error = Digite um e-mail como ada@example.com.
console-error-email-string_too_long = Este e-mail é longo demais.
console-error-email-email_not_reached = As mensagens não chegam a este e-mail. Use um sem caracteres especiais antes do @.
console-error-password-missing = Digite uma senha.
console-error-password-string_too_short = A senha precisa de pelo menos 8 caracteres.
console-error-password-string_too_long = A senha tem mais de 128 caracteres.
console-error-password-password_too_weak = Esta senha é fácil demais de adivinhar.
console-error-name-string_too_long = O nome tem mais de 200 caracteres.
console-error-name-value_error = O nome tem acentos demais em uma letra.
console-error-q-search_too_broad = A pesquisa demora demais. Digite uma parte maior do e-mail ou do nome.

### Filters of several rooms

console-filter-account = Conta: e-mail, parte dele ou ID
console-filter-several = Várias contas correspondem. Digite mais do e-mail.
console-filter-nobody = Nenhuma conta tem um e-mail correspondente.
console-filter-no-ip = Digite um endereço IP completo, como 203.0.113.9.
console-and-more = E mais.

### Events

console-room-events = Eventos
console-request = ID da requisição
console-events-none = Nenhum evento corresponde.
console-live-start = Acompanhar ao vivo
console-live-stop = Parar de acompanhar
console-live-hint = Novos eventos aparecem aqui sozinhos.
console-live-news = Novos eventos apareceram.
console-times = ×{ $count }

### Outbox

console-room-outbox = Caixa de saída
console-outbox-state = Aguardando: { $waiting }. Com falha: { $failed }.
console-outbox-oldest = A mais antiga aguarda desde
console-messages = Mensagens
console-messages-none = Nenhuma mensagem. As enviadas não são guardadas.
console-to-messages = Voltar às mensagens
console-to = Para
console-filter-to = Destinatário: e-mail, número de telefone ou URL por inteiro
console-kind = Tipo
console-kind-email = E-mail
console-kind-sms = SMS
console-kind-webhook = Webhook
console-message-waiting = Aguardando
console-message-failed = Com falha
console-attempts = Tentativas
console-queued = Na fila desde
console-next-attempt = Próxima tentativa
console-due = agora
console-last-error = Último erro
console-retry = Tentar de novo agora
console-retry-all = Reenviar mensagens com falha
console-retry-all-what = Todas as mensagens com falha que correspondem aos filtros são enviadas imediatamente. Se uma mensagem falhar de novo, haverá tentativas por mais um dia.
console-delete = Excluir
console-delete-message = Excluir mensagem
console-delete-message-what = A mensagem é excluída sem ser enviada. Não é possível desfazer.
console-test = Enviar uma mensagem de teste
console-test-what = A mensagem é enviada imediatamente, sem passar pela caixa de saída. Ela diz que é um teste.
console-test-no-mail = Este servidor não envia e-mails: apenas os escreve no log.
console-test-no-sms = Este servidor não envia SMS.
console-test-to = Destinatário
console-test-to-hint = Um e-mail, ou um número de telefone como +14155550123.
console-test-send = Enviar
console-test-nothing = Nada foi enviado, porque este servidor não envia esse tipo de mensagem. Configure antes um serviço para isso.
console-test-late = Não houve resposta em meio minuto. A mensagem pode ter sido enviada mesmo assim: verifique se ela chega.
console-test-refused = A mensagem não foi aceita. A resposta foi:

### Sessions of all accounts

console-select-session = Selecionar uma sessão de { $email }
console-end-ticked = Encerrar as sessões selecionadas
console-end-all = Encerrar todas as que correspondem
console-end-sessions = Encerrar sessões
console-end-all-what = Todas as sessões que correspondem aos filtros são encerradas, exceto a que você está usando. As pessoas terão de entrar de novo.
console-end-ticked-what = Sessões selecionadas: { $count }. Elas são encerradas imediatamente, e as pessoas terão de entrar de novo.
console-sessions-none = Nenhuma sessão corresponde.
console-page-empty = Todas as sessões desta página foram encerradas. Vá para a próxima página.

### Webhooks

console-room-webhooks = Webhooks
console-receivers = Receptores
console-receivers-none = Nenhum receptor está configurado.
console-url = URL
console-oldest = A mais antiga
console-not-configured = Não está mais configurado
console-deliveries = Entregas
console-deliveries-hint = Entregas aguardando ou com falha. As concluídas não são guardadas.

### What an act in these rooms came to

console-done-message-retried = A mensagem está sendo enviada agora.
console-done-message-deleted = A mensagem foi excluída.
console-done-messages-retried = Mensagens enviadas agora: { $count }.
console-done-messages-retried-part = Mensagens enviadas agora: { $count }. Há mais: reenvie-as também.
console-done-test-sent = A mensagem foi aceita. Verifique se ela chega.
console-done-no-session-selected = Selecione sessões primeiro.
console-done-sessions-ended = Sessões encerradas: { $count }. Já encerradas antes: { $others }.
console-done-sessions-ended-part = Sessões encerradas: { $count }. Há mais: encerre-as também.
console-error-to-missing = Digite um e-mail ou um número de telefone.
console-error-to-value_error = Digite um e-mail como ada@example.com, ou um número de telefone como +14155550123.
console-error-to-string_too_long = Este destinatário é longo demais.
### Overview

console-room-overview = Visão geral
console-count-users = Contas
console-count-disabled = Desativadas
console-count-unverified = Não confirmadas
console-count-admins = Administradores
console-count-pending = Cadastros pendentes
console-count-waiting = Mensagens na fila
console-count-failed = Mensagens com falha
console-oldest-message = Mensagem mais antiga na fila:
console-days = Últimos 30 dias (UTC)
console-days-table = Mostrar todos os dias
console-day = Dia
console-day-registered = Cadastros
console-day-verified = Endereços de e-mail confirmados
console-day-logins = Logins
console-day-failures = Logins com falha
console-overview-today = Hoje:
console-overview-most = máximo em um dia:
console-overview-reload = Recarregar
console-doctor = Verificações
console-doctor-runs = As verificações ainda estão em andamento.
console-doctor-well = { $checks ->
    [one] A verificação não encontrou problemas.
    [many] { $checks } verificações não encontraram problemas.
   *[other] As { $checks } verificações não encontraram problemas.
}
console-doctor-found = Falhas: { $failures }. Avisos: { $warnings }.
console-severity-failure = Falha
console-severity-warning = Aviso

### The first administrator

console-set-up-title = Criar o primeiro administrador
console-set-up = Este site ainda não tem administrador. Escolha o endereço de e-mail e a senha do primeiro. O link que você abriu só funciona uma vez.
console-set-up-submit = Criar administrador
console-set-up-dead-title = Este link não funciona mais
console-set-up-dead = Ele já foi usado, expirou ou já existe um administrador. Se não existir nenhum, reinicie o servidor: ele mostra um novo link. Você também pode usar o comando regstack create-admin.

### Templates

console-room-templates = Modelos
console-templates = Cada e-mail, SMS e página, com valores de exemplo. Para mudar um deles, coloque um arquivo seu em uma pasta de extra_template_dirs.
console-templates-all = Todos os modelos
console-template = Modelo
console-template-kind = Tipo
console-template-mail = E-mail
console-template-sms = SMS
console-template-page = Página
console-template-subject = Assunto
console-template-text = Texto
console-template-replaced = Substituído por
console-template-language = Idioma da prévia
console-template-sample = Com valores de exemplo.
console-template-broken = Não é possível mostrar este modelo:

### Keys

console-room-keys = Chaves
console-key-id = Chave
console-key-expires = Expira
console-key-expired = Expirada
console-key-last-used = Último uso
console-service-keys = Chaves de serviço
console-service-keys-what = Com uma chave de serviço, um programa seu pode conferir sessões ou usar a API de administração.
console-service-keys-none = Não há chaves de serviço.
console-service-key-new = Criar chave de serviço
console-service-key-name-hint = O nome do programa: letras minúsculas, números, pontos, hifens e sublinhados.
console-service-key-days = Dias até a chave expirar
console-service-key-made = Chave de serviço criada
console-service-key-once = Copie a chave agora. Ela não será mostrada de novo.
console-scopes = Permite
console-scope-introspect = conferir sessões
console-scope-admin-read = ler na API de administração
console-scope-admin-write = ler e mudar tudo na API de administração, menos as chaves de serviço
console-signing-keys = Chaves de assinatura
console-signing-keys-what = As sessões são assinadas com pares de chaves ({ $algorithm }). Os programas encontram as chaves públicas em /.well-known/jwks.json.
console-signing-keys-secret = As sessões são assinadas com o segredo ({ $algorithm }), por isso não há pares de chaves. Para trocar o segredo, use regstack secret rotate.
console-signs-from = Assina a partir de
console-verifies-until = Verifica até
console-duty-announced = Publicada
console-duty-signs = Assina
console-duty-verifies = Verifica
console-act-rotate-key = Criar a próxima chave de assinatura
console-act-rotate-key-what = A chave é publicada na hora e assina depois que os programas tiveram tempo de buscá-la. Ninguém é desconectado.
console-act-rotate-key-now = Assinar com ela na hora: os programas recusam os tokens dela até buscarem as chaves de novo
console-act-remove-key = Remover chave de assinatura
console-act-remove-key-what = Todas as sessões que a chave assinou terminam na hora, e é preciso entrar de novo. Uma chave é removida sozinha quando os tokens dela expiram.
console-act-revoke-service-key = Revogar chave de serviço
console-act-revoke-service-key-what = O programa não poderá usar a chave a partir da próxima requisição. Não é possível desfazer.
console-done-key-rotated = A próxima chave de assinatura foi criada.
console-done-key-removed = A chave de assinatura foi removida.
console-done-service-key-revoked = A chave de serviço foi revogada.
console-error-key_name-missing = Informe um nome.
console-error-key_name-value_error = Use letras minúsculas, números, pontos, hifens e sublinhados, e comece com uma letra ou um número.
console-error-scope-missing = Escolha para que a chave pode ser usada.
console-error-expires_at-value_error = Informe um número de dias de 1 a 3650 ou deixe o campo vazio.
console-error-name_taken = Já existe uma chave de serviço com este nome. Escolha outro nome ou revogue aquela chave primeiro.

### Settings

console-room-settings = Configurações
console-settings = As configurações com que este servidor foi iniciado e de onde cada uma vem. Segredos nunca são mostrados. Para mudar uma, mude-a ali e reinicie o servidor.
console-settings-elsewhere = Este servidor funciona dentro de outro programa, que define as configurações dele.
console-settings-changed = Só as que não estão no padrão
console-settings-none = Nenhuma configuração encontrada.
console-setting = Configuração
console-setting-value = Valor
console-setting-layer = Vem de
console-setting-default = padrão

### Backup

console-room-backup = Backup
console-act-back-up = Baixar backup
console-act-back-up-what = Você recebe uma cópia conferida do banco de dados como ele está agora. Ela contém todas as contas e os hashes das senhas: guarde-a onde ninguém mais possa ler. Guarde também o arquivo de segredos, em outro lugar: sem ele, não é possível ler os e-mails e os segundos fatores da cópia.
console-backup-elsewhere = O banco de dados é o MongoDB, que tem as próprias ferramentas de backup. Estes comandos fazem um backup de um replica set, o restauram em um banco vazio e depois encerram todas as sessões, porque alguém pode ter saído desde então:
console-backup-secrets = Guarde também o arquivo de segredos, em outro lugar: sem ele, não é possível ler os e-mails e os segundos fatores do backup.
