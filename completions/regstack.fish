# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_regstack_global_optspecs
    string join \n config= json color= yes q/quiet v/verbose h/help V/version
end

function __fish_regstack_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_regstack_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_regstack_using_subcommand
    set -l cmd (__fish_regstack_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c regstack -n "__fish_regstack_needs_command" -l config -r -F
complete -c regstack -n "__fish_regstack_needs_command" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_needs_command" -l json
complete -c regstack -n "__fish_regstack_needs_command" -l yes
complete -c regstack -n "__fish_regstack_needs_command" -s q -l quiet
complete -c regstack -n "__fish_regstack_needs_command" -s v -l verbose
complete -c regstack -n "__fish_regstack_needs_command" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_needs_command" -s V -l version -d 'Print version'
complete -c regstack -n "__fish_regstack_needs_command" -f -a "serve" -d 'Run the HTTP server'
complete -c regstack -n "__fish_regstack_needs_command" -f -a "doctor" -d 'Check the installation; changes nothing'
complete -c regstack -n "__fish_regstack_needs_command" -f -a "validate" -d 'Test a running installation as a stranger, from sign-up to deletion'
complete -c regstack -n "__fish_regstack_needs_command" -f -a "create-admin" -d 'Create an administrator'
complete -c regstack -n "__fish_regstack_needs_command" -f -a "users" -d 'Find and manage accounts'
complete -c regstack -n "__fish_regstack_needs_command" -f -a "sessions" -d 'List and end the sessions of accounts'
complete -c regstack -n "__fish_regstack_needs_command" -f -a "tokens" -d 'Inspect and revoke tokens'
complete -c regstack -n "__fish_regstack_needs_command" -f -a "keys" -d 'See and replace the keys that sign session tokens (EdDSA, ES256)'
complete -c regstack -n "__fish_regstack_needs_command" -f -a "service-keys" -d 'Manage the keys of other programs'
complete -c regstack -n "__fish_regstack_needs_command" -f -a "pending" -d 'Manage registrations that aren\'t verified yet'
complete -c regstack -n "__fish_regstack_needs_command" -f -a "events" -d 'Show what happened to accounts'
complete -c regstack -n "__fish_regstack_needs_command" -f -a "outbox" -d 'Manage messages that are waiting or have failed'
complete -c regstack -n "__fish_regstack_needs_command" -f -a "templates" -d 'Override emails and pages with your own templates'
complete -c regstack -n "__fish_regstack_needs_command" -f -a "db" -d 'Check and maintain the database'
complete -c regstack -n "__fish_regstack_needs_command" -f -a "migrate" -d 'Create the database, or update its schema'
complete -c regstack -n "__fish_regstack_needs_command" -f -a "config" -d 'Show and check the configuration'
complete -c regstack -n "__fish_regstack_needs_command" -f -a "secret" -d 'Generate or replace the signing secret'
complete -c regstack -n "__fish_regstack_needs_command" -f -a "stats" -d 'Show totals and daily counts'
complete -c regstack -n "__fish_regstack_needs_command" -f -a "completions" -d 'Print a completion script for a shell'
complete -c regstack -n "__fish_regstack_needs_command" -f -a "man" -d 'Write the man pages'
complete -c regstack -n "__fish_regstack_needs_command" -f -a "init" -d 'Set up regstack: write the configuration and create the database'
complete -c regstack -n "__fish_regstack_using_subcommand serve" -l bind -d 'Address and port (or unix:PATH) to listen on, instead of the configured one' -r
complete -c regstack -n "__fish_regstack_using_subcommand serve" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand serve" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand serve" -l dev -d 'Try it without any configuration'
complete -c regstack -n "__fish_regstack_using_subcommand serve" -l create -d 'Create the SQLite file if it doesn\'t exist'
complete -c regstack -n "__fish_regstack_using_subcommand serve" -l json
complete -c regstack -n "__fish_regstack_using_subcommand serve" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand serve" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand serve" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand serve" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand doctor" -l dns-server -d 'Name server to ask; the port is 53 unless you give one' -r
complete -c regstack -n "__fish_regstack_using_subcommand doctor" -l dkim-selector -d 'Check the DKIM key with this selector' -r
complete -c regstack -n "__fish_regstack_using_subcommand doctor" -l dkim-domain -d 'Check the DKIM key of this domain, if mail isn\'t signed for the sender\'s domain' -r
complete -c regstack -n "__fish_regstack_using_subcommand doctor" -l send-test -d 'Also send a test message to these addresses or phone numbers; asks for one if none is given' -r
complete -c regstack -n "__fish_regstack_using_subcommand doctor" -l send-test-email -r
complete -c regstack -n "__fish_regstack_using_subcommand doctor" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand doctor" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand doctor" -l serve-check -d 'Also check that the address to serve on is free'
complete -c regstack -n "__fish_regstack_using_subcommand doctor" -l dns -d 'Also check the DNS records of the sender\'s domain: mx, spf, dmarc, dkim, ehlo'
complete -c regstack -n "__fish_regstack_using_subcommand doctor" -l json
complete -c regstack -n "__fish_regstack_using_subcommand doctor" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand doctor" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand doctor" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand doctor" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand validate" -l smtp-sink -d 'Run a mail server here that takes the emails' -r
complete -c regstack -n "__fish_regstack_using_subcommand validate" -l maildir -d 'Read the emails in a maildir' -r -F
complete -c regstack -n "__fish_regstack_using_subcommand validate" -l mailpit -d 'Read the emails in Mailpit' -r
complete -c regstack -n "__fish_regstack_using_subcommand validate" -l imap -d 'Read the emails with IMAP' -r
complete -c regstack -n "__fish_regstack_using_subcommand validate" -l mail-command -d 'Read the emails that a command prints' -r
complete -c regstack -n "__fish_regstack_using_subcommand validate" -l log-source -d 'Read links and codes in the log' -r
complete -c regstack -n "__fish_regstack_using_subcommand validate" -l email -d 'Mailbox or domain to sign up with' -r
complete -c regstack -n "__fish_regstack_using_subcommand validate" -l phone -d 'Also test codes by SMS, with this number' -r
complete -c regstack -n "__fish_regstack_using_subcommand validate" -l sms-command -d 'Read the code that a command prints' -r
complete -c regstack -n "__fish_regstack_using_subcommand validate" -l skip -d 'Leave out phases: pages,oauth' -r
complete -c regstack -n "__fish_regstack_using_subcommand validate" -l mail-timeout -d 'Wait this long for each email; 60 by default' -r
complete -c regstack -n "__fish_regstack_using_subcommand validate" -l max-wait -r
complete -c regstack -n "__fish_regstack_using_subcommand validate" -l url -r
complete -c regstack -n "__fish_regstack_using_subcommand validate" -l probe-email-domain -r
complete -c regstack -n "__fish_regstack_using_subcommand validate" -l password -r
complete -c regstack -n "__fish_regstack_using_subcommand validate" -l timeout -r
complete -c regstack -n "__fish_regstack_using_subcommand validate" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand validate" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand validate" -l no-cleanup -d 'Don\'t delete the account'
complete -c regstack -n "__fish_regstack_using_subcommand validate" -l insecure -d 'Accept any certificate of the installation'
complete -c regstack -n "__fish_regstack_using_subcommand validate" -l json
complete -c regstack -n "__fish_regstack_using_subcommand validate" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand validate" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand validate" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand validate" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand create-admin" -l email -d 'The same as an option' -r
complete -c regstack -n "__fish_regstack_using_subcommand create-admin" -l password -r
complete -c regstack -n "__fish_regstack_using_subcommand create-admin" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand create-admin" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand create-admin" -l password-stdin -d 'Read the password from stdin instead of asking'
complete -c regstack -n "__fish_regstack_using_subcommand create-admin" -l json
complete -c regstack -n "__fish_regstack_using_subcommand create-admin" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand create-admin" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand create-admin" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand create-admin" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand users; and not __fish_seen_subcommand_from list show create import export lock disable unlock enable promote demote verify set-email set-name set-password unlink reset-mfa remove-passkeys resend-verification send-reset delete erase" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand users; and not __fish_seen_subcommand_from list show create import export lock disable unlock enable promote demote verify set-email set-name set-password unlink reset-mfa remove-passkeys resend-verification send-reset delete erase" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand users; and not __fish_seen_subcommand_from list show create import export lock disable unlock enable promote demote verify set-email set-name set-password unlink reset-mfa remove-passkeys resend-verification send-reset delete erase" -l json
complete -c regstack -n "__fish_regstack_using_subcommand users; and not __fish_seen_subcommand_from list show create import export lock disable unlock enable promote demote verify set-email set-name set-password unlink reset-mfa remove-passkeys resend-verification send-reset delete erase" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand users; and not __fish_seen_subcommand_from list show create import export lock disable unlock enable promote demote verify set-email set-name set-password unlink reset-mfa remove-passkeys resend-verification send-reset delete erase" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand users; and not __fish_seen_subcommand_from list show create import export lock disable unlock enable promote demote verify set-email set-name set-password unlink reset-mfa remove-passkeys resend-verification send-reset delete erase" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand users; and not __fish_seen_subcommand_from list show create import export lock disable unlock enable promote demote verify set-email set-name set-password unlink reset-mfa remove-passkeys resend-verification send-reset delete erase" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand users; and not __fish_seen_subcommand_from list show create import export lock disable unlock enable promote demote verify set-email set-name set-password unlink reset-mfa remove-passkeys resend-verification send-reset delete erase" -f -a "list" -d 'List accounts, newest first'
complete -c regstack -n "__fish_regstack_using_subcommand users; and not __fish_seen_subcommand_from list show create import export lock disable unlock enable promote demote verify set-email set-name set-password unlink reset-mfa remove-passkeys resend-verification send-reset delete erase" -f -a "show" -d 'Show an account with its lockout and latest events'
complete -c regstack -n "__fish_regstack_using_subcommand users; and not __fish_seen_subcommand_from list show create import export lock disable unlock enable promote demote verify set-email set-name set-password unlink reset-mfa remove-passkeys resend-verification send-reset delete erase" -f -a "create" -d 'Create an account'
complete -c regstack -n "__fish_regstack_using_subcommand users; and not __fish_seen_subcommand_from list show create import export lock disable unlock enable promote demote verify set-email set-name set-password unlink reset-mfa remove-passkeys resend-verification send-reset delete erase" -f -a "import" -d 'Import accounts with their password hashes from another system'
complete -c regstack -n "__fish_regstack_using_subcommand users; and not __fish_seen_subcommand_from list show create import export lock disable unlock enable promote demote verify set-email set-name set-password unlink reset-mfa remove-passkeys resend-verification send-reset delete erase" -f -a "export" -d 'Export all accounts as JSON Lines or CSV'
complete -c regstack -n "__fish_regstack_using_subcommand users; and not __fish_seen_subcommand_from list show create import export lock disable unlock enable promote demote verify set-email set-name set-password unlink reset-mfa remove-passkeys resend-verification send-reset delete erase" -f -a "lock" -d 'Disable accounts; their sessions end with their next request'
complete -c regstack -n "__fish_regstack_using_subcommand users; and not __fish_seen_subcommand_from list show create import export lock disable unlock enable promote demote verify set-email set-name set-password unlink reset-mfa remove-passkeys resend-verification send-reset delete erase" -f -a "disable" -d 'Disable accounts; their sessions end with their next request'
complete -c regstack -n "__fish_regstack_using_subcommand users; and not __fish_seen_subcommand_from list show create import export lock disable unlock enable promote demote verify set-email set-name set-password unlink reset-mfa remove-passkeys resend-verification send-reset delete erase" -f -a "unlock" -d 'Enable accounts again and clear their lockout'
complete -c regstack -n "__fish_regstack_using_subcommand users; and not __fish_seen_subcommand_from list show create import export lock disable unlock enable promote demote verify set-email set-name set-password unlink reset-mfa remove-passkeys resend-verification send-reset delete erase" -f -a "enable" -d 'Enable accounts again and clear their lockout'
complete -c regstack -n "__fish_regstack_using_subcommand users; and not __fish_seen_subcommand_from list show create import export lock disable unlock enable promote demote verify set-email set-name set-password unlink reset-mfa remove-passkeys resend-verification send-reset delete erase" -f -a "promote" -d 'Make accounts administrators'
complete -c regstack -n "__fish_regstack_using_subcommand users; and not __fish_seen_subcommand_from list show create import export lock disable unlock enable promote demote verify set-email set-name set-password unlink reset-mfa remove-passkeys resend-verification send-reset delete erase" -f -a "demote" -d 'Take administrator rights away from accounts'
complete -c regstack -n "__fish_regstack_using_subcommand users; and not __fish_seen_subcommand_from list show create import export lock disable unlock enable promote demote verify set-email set-name set-password unlink reset-mfa remove-passkeys resend-verification send-reset delete erase" -f -a "verify" -d 'Mark the email addresses of accounts as verified'
complete -c regstack -n "__fish_regstack_using_subcommand users; and not __fish_seen_subcommand_from list show create import export lock disable unlock enable promote demote verify set-email set-name set-password unlink reset-mfa remove-passkeys resend-verification send-reset delete erase" -f -a "set-email" -d 'Change the email address of an account; its sessions end'
complete -c regstack -n "__fish_regstack_using_subcommand users; and not __fish_seen_subcommand_from list show create import export lock disable unlock enable promote demote verify set-email set-name set-password unlink reset-mfa remove-passkeys resend-verification send-reset delete erase" -f -a "set-name" -d 'Change the name of an account\'s holder'
complete -c regstack -n "__fish_regstack_using_subcommand users; and not __fish_seen_subcommand_from list show create import export lock disable unlock enable promote demote verify set-email set-name set-password unlink reset-mfa remove-passkeys resend-verification send-reset delete erase" -f -a "set-password" -d 'Set the password of an account; its sessions end'
complete -c regstack -n "__fish_regstack_using_subcommand users; and not __fish_seen_subcommand_from list show create import export lock disable unlock enable promote demote verify set-email set-name set-password unlink reset-mfa remove-passkeys resend-verification send-reset delete erase" -f -a "unlink" -d 'Unlink a provider from an account'
complete -c regstack -n "__fish_regstack_using_subcommand users; and not __fish_seen_subcommand_from list show create import export lock disable unlock enable promote demote verify set-email set-name set-password unlink reset-mfa remove-passkeys resend-verification send-reset delete erase" -f -a "reset-mfa" -d 'Turn off all second factors of accounts'
complete -c regstack -n "__fish_regstack_using_subcommand users; and not __fish_seen_subcommand_from list show create import export lock disable unlock enable promote demote verify set-email set-name set-password unlink reset-mfa remove-passkeys resend-verification send-reset delete erase" -f -a "remove-passkeys" -d 'Remove all passkeys of accounts'
complete -c regstack -n "__fish_regstack_using_subcommand users; and not __fish_seen_subcommand_from list show create import export lock disable unlock enable promote demote verify set-email set-name set-password unlink reset-mfa remove-passkeys resend-verification send-reset delete erase" -f -a "resend-verification" -d 'Send a new verification link to unverified accounts'
complete -c regstack -n "__fish_regstack_using_subcommand users; and not __fish_seen_subcommand_from list show create import export lock disable unlock enable promote demote verify set-email set-name set-password unlink reset-mfa remove-passkeys resend-verification send-reset delete erase" -f -a "send-reset" -d 'Send accounts a password reset link'
complete -c regstack -n "__fish_regstack_using_subcommand users; and not __fish_seen_subcommand_from list show create import export lock disable unlock enable promote demote verify set-email set-name set-password unlink reset-mfa remove-passkeys resend-verification send-reset delete erase" -f -a "delete" -d 'Delete accounts permanently; asks first, or needs --yes'
complete -c regstack -n "__fish_regstack_using_subcommand users; and not __fish_seen_subcommand_from list show create import export lock disable unlock enable promote demote verify set-email set-name set-password unlink reset-mfa remove-passkeys resend-verification send-reset delete erase" -f -a "erase" -d 'Erase a person, also after a deletion'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from list" -l q -d 'Only those with this in the email address or name' -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from list" -l login-method -d 'Only with a password, a passkey, or oidc:ID' -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from list" -l since -d 'Only those created since 2026-01-31, monday, 2h' -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from list" -l before -d 'Only those created before then, such as 30d' -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from list" -l limit -d 'Number of items, 1 to 200' -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from list" -l after -d 'The next page: the "next" of the page before' -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from list" -l format -d 'The form of the list' -r -f -a "table\t''
json\t''
csv\t''"
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from list" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from list" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from list" -l active -d 'Only enabled ones'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from list" -l locked -d 'Only disabled ones; --disabled is the same'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from list" -l throttled -d 'Only those locked out after failed logins'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from list" -l unverified -d 'Only unverified ones'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from list" -l admins -d 'Only administrators'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from list" -l mfa -d 'Only those with a second factor'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from list" -l no-mfa -d 'Only those without a second factor'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from list" -l all -d 'All items, not only one page'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from list" -l utc -d 'Dates in UTC instead of local time'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from list" -l json
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from list" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from list" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from list" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from show" -l email -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from show" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from show" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from show" -l utc -d 'Dates in UTC instead of local time'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from show" -l json
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from show" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from show" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from show" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from create" -l email -d 'The same as an option' -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from create" -l name -d 'Name of its holder' -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from create" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from create" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from create" -l admin -d 'Make it an administrator'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from create" -l verified -d 'Mark its email address as verified'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from create" -l password-stdin -d 'Read the password from stdin instead of asking'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from create" -l no-password -d 'Create it without a password; nobody can log in until one is set'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from create" -l invite -d 'Send its holder a link to choose a password'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from create" -l json
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from create" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from create" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from create" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from import" -l from -d 'The system it comes from, such as firebase' -r -f -a "regstack\t''
firebase\t''
auth0\t''
keycloak\t''
supabase\t''
django\t''
devise\t''
python\t''"
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from import" -l format -d 'jsonl, csv or json [default: by the name]' -r -f -a "jsonl\t'JSON Lines: one object a line'
csv\t'CSV with the names of the columns in its first line'
json\t'One JSON document: a list of objects, or an object with a list "users"'"
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from import" -l on-duplicate -d 'For existing accounts: skip, update or fail' -r -f -a "skip\t'Keep the existing account'
update\t'Take over the name, language, id and verification, never the password'
fail\t'Report the line as a problem'"
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from import" -l report -d 'Write every problem to this file, as JSON Lines' -r -F
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from import" -l parameters -d 'The hash parameters of a Firebase project, as JSON' -r -F
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from import" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from import" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from import" -l dry-run -d 'Check the file and change nothing'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from import" -l verified -d 'Count email addresses as verified by default'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from import" -l invite -d 'Mail a link to accounts without a password'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from import" -l json
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from import" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from import" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from import" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from import" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from export" -l format -d 'How to write it' -r -f -a "jsonl\t''
csv\t''"
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from export" -l user -d 'Export everything about this account, without secrets, for its owner' -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from export" -l output -d 'Write to a new file that only you can read, instead of stdout' -r -F
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from export" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from export" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from export" -l password-hashes -d 'Include password hashes; anyone who reads the file can try to guess passwords'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from export" -l json
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from export" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from export" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from export" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from export" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from lock" -l email -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from lock" -l q -d 'Only those with this in the email address or name' -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from lock" -l login-method -d 'Only with a password, a passkey, or oidc:ID' -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from lock" -l since -d 'Only those created since 2026-01-31, monday, 2h' -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from lock" -l before -d 'Only those created before then, such as 30d' -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from lock" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from lock" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from lock" -l force -d 'Also apply it to the last active administrator'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from lock" -l active -d 'Only enabled ones'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from lock" -l locked -d 'Only disabled ones; --disabled is the same'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from lock" -l throttled -d 'Only those locked out after failed logins'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from lock" -l unverified -d 'Only unverified ones'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from lock" -l admins -d 'Only administrators'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from lock" -l mfa -d 'Only those with a second factor'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from lock" -l no-mfa -d 'Only those without a second factor'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from lock" -l all -d 'Every account'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from lock" -l json
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from lock" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from lock" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from lock" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from lock" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from disable" -l email -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from disable" -l q -d 'Only those with this in the email address or name' -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from disable" -l login-method -d 'Only with a password, a passkey, or oidc:ID' -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from disable" -l since -d 'Only those created since 2026-01-31, monday, 2h' -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from disable" -l before -d 'Only those created before then, such as 30d' -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from disable" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from disable" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from disable" -l force -d 'Also apply it to the last active administrator'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from disable" -l active -d 'Only enabled ones'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from disable" -l locked -d 'Only disabled ones; --disabled is the same'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from disable" -l throttled -d 'Only those locked out after failed logins'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from disable" -l unverified -d 'Only unverified ones'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from disable" -l admins -d 'Only administrators'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from disable" -l mfa -d 'Only those with a second factor'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from disable" -l no-mfa -d 'Only those without a second factor'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from disable" -l all -d 'Every account'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from disable" -l json
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from disable" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from disable" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from disable" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from disable" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from unlock" -l email -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from unlock" -l q -d 'Only those with this in the email address or name' -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from unlock" -l login-method -d 'Only with a password, a passkey, or oidc:ID' -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from unlock" -l since -d 'Only those created since 2026-01-31, monday, 2h' -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from unlock" -l before -d 'Only those created before then, such as 30d' -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from unlock" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from unlock" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from unlock" -l active -d 'Only enabled ones'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from unlock" -l locked -d 'Only disabled ones; --disabled is the same'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from unlock" -l throttled -d 'Only those locked out after failed logins'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from unlock" -l unverified -d 'Only unverified ones'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from unlock" -l admins -d 'Only administrators'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from unlock" -l mfa -d 'Only those with a second factor'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from unlock" -l no-mfa -d 'Only those without a second factor'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from unlock" -l all -d 'Every account'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from unlock" -l json
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from unlock" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from unlock" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from unlock" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from unlock" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from enable" -l email -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from enable" -l q -d 'Only those with this in the email address or name' -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from enable" -l login-method -d 'Only with a password, a passkey, or oidc:ID' -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from enable" -l since -d 'Only those created since 2026-01-31, monday, 2h' -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from enable" -l before -d 'Only those created before then, such as 30d' -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from enable" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from enable" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from enable" -l active -d 'Only enabled ones'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from enable" -l locked -d 'Only disabled ones; --disabled is the same'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from enable" -l throttled -d 'Only those locked out after failed logins'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from enable" -l unverified -d 'Only unverified ones'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from enable" -l admins -d 'Only administrators'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from enable" -l mfa -d 'Only those with a second factor'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from enable" -l no-mfa -d 'Only those without a second factor'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from enable" -l all -d 'Every account'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from enable" -l json
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from enable" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from enable" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from enable" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from enable" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from promote" -l email -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from promote" -l q -d 'Only those with this in the email address or name' -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from promote" -l login-method -d 'Only with a password, a passkey, or oidc:ID' -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from promote" -l since -d 'Only those created since 2026-01-31, monday, 2h' -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from promote" -l before -d 'Only those created before then, such as 30d' -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from promote" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from promote" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from promote" -l active -d 'Only enabled ones'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from promote" -l locked -d 'Only disabled ones; --disabled is the same'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from promote" -l throttled -d 'Only those locked out after failed logins'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from promote" -l unverified -d 'Only unverified ones'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from promote" -l admins -d 'Only administrators'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from promote" -l mfa -d 'Only those with a second factor'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from promote" -l no-mfa -d 'Only those without a second factor'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from promote" -l all -d 'Every account'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from promote" -l json
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from promote" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from promote" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from promote" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from promote" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from demote" -l email -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from demote" -l q -d 'Only those with this in the email address or name' -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from demote" -l login-method -d 'Only with a password, a passkey, or oidc:ID' -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from demote" -l since -d 'Only those created since 2026-01-31, monday, 2h' -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from demote" -l before -d 'Only those created before then, such as 30d' -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from demote" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from demote" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from demote" -l force -d 'Also apply it to the last active administrator'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from demote" -l active -d 'Only enabled ones'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from demote" -l locked -d 'Only disabled ones; --disabled is the same'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from demote" -l throttled -d 'Only those locked out after failed logins'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from demote" -l unverified -d 'Only unverified ones'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from demote" -l admins -d 'Only administrators'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from demote" -l mfa -d 'Only those with a second factor'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from demote" -l no-mfa -d 'Only those without a second factor'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from demote" -l all -d 'Every account'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from demote" -l json
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from demote" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from demote" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from demote" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from demote" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from verify" -l email -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from verify" -l q -d 'Only those with this in the email address or name' -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from verify" -l login-method -d 'Only with a password, a passkey, or oidc:ID' -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from verify" -l since -d 'Only those created since 2026-01-31, monday, 2h' -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from verify" -l before -d 'Only those created before then, such as 30d' -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from verify" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from verify" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from verify" -l active -d 'Only enabled ones'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from verify" -l locked -d 'Only disabled ones; --disabled is the same'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from verify" -l throttled -d 'Only those locked out after failed logins'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from verify" -l unverified -d 'Only unverified ones'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from verify" -l admins -d 'Only administrators'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from verify" -l mfa -d 'Only those with a second factor'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from verify" -l no-mfa -d 'Only those without a second factor'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from verify" -l all -d 'Every account'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from verify" -l json
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from verify" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from verify" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from verify" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from verify" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from set-email" -l email -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from set-email" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from set-email" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from set-email" -l verified -d 'Mark the new email address as verified'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from set-email" -l no-undo -d 'Don\'t send the old email address a link that undoes the change, and disable earlier ones'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from set-email" -l json
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from set-email" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from set-email" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from set-email" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from set-email" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from set-name" -l email -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from set-name" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from set-name" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from set-name" -l json
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from set-name" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from set-name" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from set-name" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from set-name" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from set-password" -l email -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from set-password" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from set-password" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from set-password" -l password-stdin -d 'Read the password from stdin instead of asking'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from set-password" -l json
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from set-password" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from set-password" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from set-password" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from set-password" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from unlink" -l email -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from unlink" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from unlink" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from unlink" -l force -d 'Unlink it even if it is the only way to log in'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from unlink" -l json
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from unlink" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from unlink" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from unlink" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from unlink" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from reset-mfa" -l email -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from reset-mfa" -l q -d 'Only those with this in the email address or name' -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from reset-mfa" -l login-method -d 'Only with a password, a passkey, or oidc:ID' -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from reset-mfa" -l since -d 'Only those created since 2026-01-31, monday, 2h' -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from reset-mfa" -l before -d 'Only those created before then, such as 30d' -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from reset-mfa" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from reset-mfa" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from reset-mfa" -l active -d 'Only enabled ones'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from reset-mfa" -l locked -d 'Only disabled ones; --disabled is the same'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from reset-mfa" -l throttled -d 'Only those locked out after failed logins'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from reset-mfa" -l unverified -d 'Only unverified ones'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from reset-mfa" -l admins -d 'Only administrators'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from reset-mfa" -l mfa -d 'Only those with a second factor'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from reset-mfa" -l no-mfa -d 'Only those without a second factor'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from reset-mfa" -l all -d 'Every account'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from reset-mfa" -l json
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from reset-mfa" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from reset-mfa" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from reset-mfa" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from reset-mfa" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from remove-passkeys" -l email -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from remove-passkeys" -l q -d 'Only those with this in the email address or name' -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from remove-passkeys" -l login-method -d 'Only with a password, a passkey, or oidc:ID' -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from remove-passkeys" -l since -d 'Only those created since 2026-01-31, monday, 2h' -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from remove-passkeys" -l before -d 'Only those created before then, such as 30d' -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from remove-passkeys" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from remove-passkeys" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from remove-passkeys" -l active -d 'Only enabled ones'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from remove-passkeys" -l locked -d 'Only disabled ones; --disabled is the same'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from remove-passkeys" -l throttled -d 'Only those locked out after failed logins'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from remove-passkeys" -l unverified -d 'Only unverified ones'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from remove-passkeys" -l admins -d 'Only administrators'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from remove-passkeys" -l mfa -d 'Only those with a second factor'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from remove-passkeys" -l no-mfa -d 'Only those without a second factor'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from remove-passkeys" -l all -d 'Every account'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from remove-passkeys" -l json
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from remove-passkeys" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from remove-passkeys" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from remove-passkeys" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from remove-passkeys" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from resend-verification" -l email -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from resend-verification" -l q -d 'Only those with this in the email address or name' -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from resend-verification" -l login-method -d 'Only with a password, a passkey, or oidc:ID' -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from resend-verification" -l since -d 'Only those created since 2026-01-31, monday, 2h' -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from resend-verification" -l before -d 'Only those created before then, such as 30d' -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from resend-verification" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from resend-verification" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from resend-verification" -l active -d 'Only enabled ones'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from resend-verification" -l locked -d 'Only disabled ones; --disabled is the same'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from resend-verification" -l throttled -d 'Only those locked out after failed logins'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from resend-verification" -l unverified -d 'Only unverified ones'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from resend-verification" -l admins -d 'Only administrators'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from resend-verification" -l mfa -d 'Only those with a second factor'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from resend-verification" -l no-mfa -d 'Only those without a second factor'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from resend-verification" -l all -d 'Every account'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from resend-verification" -l json
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from resend-verification" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from resend-verification" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from resend-verification" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from resend-verification" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from send-reset" -l email -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from send-reset" -l q -d 'Only those with this in the email address or name' -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from send-reset" -l login-method -d 'Only with a password, a passkey, or oidc:ID' -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from send-reset" -l since -d 'Only those created since 2026-01-31, monday, 2h' -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from send-reset" -l before -d 'Only those created before then, such as 30d' -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from send-reset" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from send-reset" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from send-reset" -l active -d 'Only enabled ones'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from send-reset" -l locked -d 'Only disabled ones; --disabled is the same'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from send-reset" -l throttled -d 'Only those locked out after failed logins'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from send-reset" -l unverified -d 'Only unverified ones'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from send-reset" -l admins -d 'Only administrators'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from send-reset" -l mfa -d 'Only those with a second factor'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from send-reset" -l no-mfa -d 'Only those without a second factor'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from send-reset" -l all -d 'Every account'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from send-reset" -l json
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from send-reset" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from send-reset" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from send-reset" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from send-reset" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from delete" -l email -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from delete" -l q -d 'Only those with this in the email address or name' -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from delete" -l login-method -d 'Only with a password, a passkey, or oidc:ID' -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from delete" -l since -d 'Only those created since 2026-01-31, monday, 2h' -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from delete" -l before -d 'Only those created before then, such as 30d' -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from delete" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from delete" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from delete" -l force -d 'Also apply it to the last active administrator'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from delete" -l active -d 'Only enabled ones'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from delete" -l locked -d 'Only disabled ones; --disabled is the same'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from delete" -l throttled -d 'Only those locked out after failed logins'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from delete" -l unverified -d 'Only unverified ones'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from delete" -l admins -d 'Only administrators'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from delete" -l mfa -d 'Only those with a second factor'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from delete" -l no-mfa -d 'Only those without a second factor'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from delete" -l all -d 'Every account'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from delete" -l json
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from delete" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from delete" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from delete" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from erase" -l email -r
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from erase" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from erase" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from erase" -l force -d 'Also erase the last active administrator'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from erase" -l no-vacuum -d 'Don\'t rewrite the file: freed parts of it keep the data until they\'re used'
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from erase" -l json
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from erase" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from erase" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from erase" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand users; and __fish_seen_subcommand_from erase" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand sessions; and not __fish_seen_subcommand_from list revoke" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand sessions; and not __fish_seen_subcommand_from list revoke" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand sessions; and not __fish_seen_subcommand_from list revoke" -l json
complete -c regstack -n "__fish_regstack_using_subcommand sessions; and not __fish_seen_subcommand_from list revoke" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand sessions; and not __fish_seen_subcommand_from list revoke" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand sessions; and not __fish_seen_subcommand_from list revoke" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand sessions; and not __fish_seen_subcommand_from list revoke" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand sessions; and not __fish_seen_subcommand_from list revoke" -f -a "list" -d 'List where an account is logged in, newest login first'
complete -c regstack -n "__fish_regstack_using_subcommand sessions; and not __fish_seen_subcommand_from list revoke" -f -a "revoke" -d 'End sessions of an account'
complete -c regstack -n "__fish_regstack_using_subcommand sessions; and __fish_seen_subcommand_from list" -l email -r
complete -c regstack -n "__fish_regstack_using_subcommand sessions; and __fish_seen_subcommand_from list" -l limit -d 'Number of items, 1 to 200' -r
complete -c regstack -n "__fish_regstack_using_subcommand sessions; and __fish_seen_subcommand_from list" -l after -d 'The next page: the "next" of the page before' -r
complete -c regstack -n "__fish_regstack_using_subcommand sessions; and __fish_seen_subcommand_from list" -l format -d 'The form of the list' -r -f -a "table\t''
json\t''
csv\t''"
complete -c regstack -n "__fish_regstack_using_subcommand sessions; and __fish_seen_subcommand_from list" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand sessions; and __fish_seen_subcommand_from list" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand sessions; and __fish_seen_subcommand_from list" -l all -d 'All items, not only one page'
complete -c regstack -n "__fish_regstack_using_subcommand sessions; and __fish_seen_subcommand_from list" -l utc -d 'Dates in UTC instead of local time'
complete -c regstack -n "__fish_regstack_using_subcommand sessions; and __fish_seen_subcommand_from list" -l json
complete -c regstack -n "__fish_regstack_using_subcommand sessions; and __fish_seen_subcommand_from list" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand sessions; and __fish_seen_subcommand_from list" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand sessions; and __fish_seen_subcommand_from list" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand sessions; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand sessions; and __fish_seen_subcommand_from revoke" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand sessions; and __fish_seen_subcommand_from revoke" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand sessions; and __fish_seen_subcommand_from revoke" -l all -d 'All sessions'
complete -c regstack -n "__fish_regstack_using_subcommand sessions; and __fish_seen_subcommand_from revoke" -l json
complete -c regstack -n "__fish_regstack_using_subcommand sessions; and __fish_seen_subcommand_from revoke" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand sessions; and __fish_seen_subcommand_from revoke" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand sessions; and __fish_seen_subcommand_from revoke" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand sessions; and __fish_seen_subcommand_from revoke" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand tokens; and not __fish_seen_subcommand_from revoke inspect list purge" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand tokens; and not __fish_seen_subcommand_from revoke inspect list purge" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand tokens; and not __fish_seen_subcommand_from revoke inspect list purge" -l json
complete -c regstack -n "__fish_regstack_using_subcommand tokens; and not __fish_seen_subcommand_from revoke inspect list purge" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand tokens; and not __fish_seen_subcommand_from revoke inspect list purge" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand tokens; and not __fish_seen_subcommand_from revoke inspect list purge" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand tokens; and not __fish_seen_subcommand_from revoke inspect list purge" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand tokens; and not __fish_seen_subcommand_from revoke inspect list purge" -f -a "revoke" -d 'End one session, or all tokens of accounts'
complete -c regstack -n "__fish_regstack_using_subcommand tokens; and not __fish_seen_subcommand_from revoke inspect list purge" -f -a "inspect" -d 'Show whose token it is, what for, and whether it\'s accepted'
complete -c regstack -n "__fish_regstack_using_subcommand tokens; and not __fish_seen_subcommand_from revoke inspect list purge" -f -a "list" -d 'List tokens that were revoked individually'
complete -c regstack -n "__fish_regstack_using_subcommand tokens; and not __fish_seen_subcommand_from revoke inspect list purge" -f -a "purge" -d 'Remove revoked tokens that have expired'
complete -c regstack -n "__fish_regstack_using_subcommand tokens; and __fish_seen_subcommand_from revoke" -l user -d 'All tokens of an account: its id, email address or a part of it; may repeat' -r
complete -c regstack -n "__fish_regstack_using_subcommand tokens; and __fish_seen_subcommand_from revoke" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand tokens; and __fish_seen_subcommand_from revoke" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand tokens; and __fish_seen_subcommand_from revoke" -l json
complete -c regstack -n "__fish_regstack_using_subcommand tokens; and __fish_seen_subcommand_from revoke" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand tokens; and __fish_seen_subcommand_from revoke" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand tokens; and __fish_seen_subcommand_from revoke" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand tokens; and __fish_seen_subcommand_from revoke" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand tokens; and __fish_seen_subcommand_from inspect" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand tokens; and __fish_seen_subcommand_from inspect" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand tokens; and __fish_seen_subcommand_from inspect" -l utc -d 'Dates in UTC instead of local time'
complete -c regstack -n "__fish_regstack_using_subcommand tokens; and __fish_seen_subcommand_from inspect" -l json
complete -c regstack -n "__fish_regstack_using_subcommand tokens; and __fish_seen_subcommand_from inspect" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand tokens; and __fish_seen_subcommand_from inspect" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand tokens; and __fish_seen_subcommand_from inspect" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand tokens; and __fish_seen_subcommand_from inspect" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand tokens; and __fish_seen_subcommand_from list" -l limit -d 'Number of items, 1 to 200' -r
complete -c regstack -n "__fish_regstack_using_subcommand tokens; and __fish_seen_subcommand_from list" -l after -d 'The next page: the "next" of the page before' -r
complete -c regstack -n "__fish_regstack_using_subcommand tokens; and __fish_seen_subcommand_from list" -l format -d 'The form of the list' -r -f -a "table\t''
json\t''
csv\t''"
complete -c regstack -n "__fish_regstack_using_subcommand tokens; and __fish_seen_subcommand_from list" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand tokens; and __fish_seen_subcommand_from list" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand tokens; and __fish_seen_subcommand_from list" -l all -d 'All items, not only one page'
complete -c regstack -n "__fish_regstack_using_subcommand tokens; and __fish_seen_subcommand_from list" -l utc -d 'Dates in UTC instead of local time'
complete -c regstack -n "__fish_regstack_using_subcommand tokens; and __fish_seen_subcommand_from list" -l json
complete -c regstack -n "__fish_regstack_using_subcommand tokens; and __fish_seen_subcommand_from list" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand tokens; and __fish_seen_subcommand_from list" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand tokens; and __fish_seen_subcommand_from list" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand tokens; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand tokens; and __fish_seen_subcommand_from purge" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand tokens; and __fish_seen_subcommand_from purge" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand tokens; and __fish_seen_subcommand_from purge" -l json
complete -c regstack -n "__fish_regstack_using_subcommand tokens; and __fish_seen_subcommand_from purge" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand tokens; and __fish_seen_subcommand_from purge" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand tokens; and __fish_seen_subcommand_from purge" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand tokens; and __fish_seen_subcommand_from purge" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand keys; and not __fish_seen_subcommand_from list rotate remove" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand keys; and not __fish_seen_subcommand_from list rotate remove" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand keys; and not __fish_seen_subcommand_from list rotate remove" -l json
complete -c regstack -n "__fish_regstack_using_subcommand keys; and not __fish_seen_subcommand_from list rotate remove" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand keys; and not __fish_seen_subcommand_from list rotate remove" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand keys; and not __fish_seen_subcommand_from list rotate remove" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand keys; and not __fish_seen_subcommand_from list rotate remove" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand keys; and not __fish_seen_subcommand_from list rotate remove" -f -a "list" -d 'List the signing keys, oldest first'
complete -c regstack -n "__fish_regstack_using_subcommand keys; and not __fish_seen_subcommand_from list rotate remove" -f -a "rotate" -d 'Make the next signing key'
complete -c regstack -n "__fish_regstack_using_subcommand keys; and not __fish_seen_subcommand_from list rotate remove" -f -a "remove" -d 'Remove a signing key, for example if it was stolen'
complete -c regstack -n "__fish_regstack_using_subcommand keys; and __fish_seen_subcommand_from list" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand keys; and __fish_seen_subcommand_from list" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand keys; and __fish_seen_subcommand_from list" -l utc -d 'Dates in UTC instead of local time'
complete -c regstack -n "__fish_regstack_using_subcommand keys; and __fish_seen_subcommand_from list" -l json
complete -c regstack -n "__fish_regstack_using_subcommand keys; and __fish_seen_subcommand_from list" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand keys; and __fish_seen_subcommand_from list" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand keys; and __fish_seen_subcommand_from list" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand keys; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand keys; and __fish_seen_subcommand_from rotate" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand keys; and __fish_seen_subcommand_from rotate" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand keys; and __fish_seen_subcommand_from rotate" -l now -d 'Sign with it at once; programs that verify tokens refuse the new ones until they read the key set again'
complete -c regstack -n "__fish_regstack_using_subcommand keys; and __fish_seen_subcommand_from rotate" -l json
complete -c regstack -n "__fish_regstack_using_subcommand keys; and __fish_seen_subcommand_from rotate" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand keys; and __fish_seen_subcommand_from rotate" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand keys; and __fish_seen_subcommand_from rotate" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand keys; and __fish_seen_subcommand_from rotate" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand keys; and __fish_seen_subcommand_from remove" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand keys; and __fish_seen_subcommand_from remove" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand keys; and __fish_seen_subcommand_from remove" -l force -d 'Also remove it if it has valid tokens: their owners have to log in again'
complete -c regstack -n "__fish_regstack_using_subcommand keys; and __fish_seen_subcommand_from remove" -l json
complete -c regstack -n "__fish_regstack_using_subcommand keys; and __fish_seen_subcommand_from remove" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand keys; and __fish_seen_subcommand_from remove" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand keys; and __fish_seen_subcommand_from remove" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand keys; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand service-keys; and not __fish_seen_subcommand_from create list revoke" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand service-keys; and not __fish_seen_subcommand_from create list revoke" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand service-keys; and not __fish_seen_subcommand_from create list revoke" -l json
complete -c regstack -n "__fish_regstack_using_subcommand service-keys; and not __fish_seen_subcommand_from create list revoke" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand service-keys; and not __fish_seen_subcommand_from create list revoke" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand service-keys; and not __fish_seen_subcommand_from create list revoke" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand service-keys; and not __fish_seen_subcommand_from create list revoke" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand service-keys; and not __fish_seen_subcommand_from create list revoke" -f -a "create" -d 'Create a service key and show it once'
complete -c regstack -n "__fish_regstack_using_subcommand service-keys; and not __fish_seen_subcommand_from create list revoke" -f -a "list" -d 'List service keys, newest first'
complete -c regstack -n "__fish_regstack_using_subcommand service-keys; and not __fish_seen_subcommand_from create list revoke" -f -a "revoke" -d 'Revoke a service key; takes effect with its next request'
complete -c regstack -n "__fish_regstack_using_subcommand service-keys; and __fish_seen_subcommand_from create" -l scope -d 'What the key may be used for, separated by commas' -r
complete -c regstack -n "__fish_regstack_using_subcommand service-keys; and __fish_seen_subcommand_from create" -l expires -d 'Time until the key expires, such as 90d or 12h; never by default' -r
complete -c regstack -n "__fish_regstack_using_subcommand service-keys; and __fish_seen_subcommand_from create" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand service-keys; and __fish_seen_subcommand_from create" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand service-keys; and __fish_seen_subcommand_from create" -l json
complete -c regstack -n "__fish_regstack_using_subcommand service-keys; and __fish_seen_subcommand_from create" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand service-keys; and __fish_seen_subcommand_from create" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand service-keys; and __fish_seen_subcommand_from create" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand service-keys; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand service-keys; and __fish_seen_subcommand_from list" -l limit -d 'Number of items, 1 to 200' -r
complete -c regstack -n "__fish_regstack_using_subcommand service-keys; and __fish_seen_subcommand_from list" -l after -d 'The next page: the "next" of the page before' -r
complete -c regstack -n "__fish_regstack_using_subcommand service-keys; and __fish_seen_subcommand_from list" -l format -d 'The form of the list' -r -f -a "table\t''
json\t''
csv\t''"
complete -c regstack -n "__fish_regstack_using_subcommand service-keys; and __fish_seen_subcommand_from list" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand service-keys; and __fish_seen_subcommand_from list" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand service-keys; and __fish_seen_subcommand_from list" -l all -d 'All items, not only one page'
complete -c regstack -n "__fish_regstack_using_subcommand service-keys; and __fish_seen_subcommand_from list" -l utc -d 'Dates in UTC instead of local time'
complete -c regstack -n "__fish_regstack_using_subcommand service-keys; and __fish_seen_subcommand_from list" -l json
complete -c regstack -n "__fish_regstack_using_subcommand service-keys; and __fish_seen_subcommand_from list" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand service-keys; and __fish_seen_subcommand_from list" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand service-keys; and __fish_seen_subcommand_from list" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand service-keys; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand service-keys; and __fish_seen_subcommand_from revoke" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand service-keys; and __fish_seen_subcommand_from revoke" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand service-keys; and __fish_seen_subcommand_from revoke" -l json
complete -c regstack -n "__fish_regstack_using_subcommand service-keys; and __fish_seen_subcommand_from revoke" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand service-keys; and __fish_seen_subcommand_from revoke" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand service-keys; and __fish_seen_subcommand_from revoke" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand service-keys; and __fish_seen_subcommand_from revoke" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand pending; and not __fish_seen_subcommand_from list promote delete" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand pending; and not __fish_seen_subcommand_from list promote delete" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand pending; and not __fish_seen_subcommand_from list promote delete" -l json
complete -c regstack -n "__fish_regstack_using_subcommand pending; and not __fish_seen_subcommand_from list promote delete" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand pending; and not __fish_seen_subcommand_from list promote delete" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand pending; and not __fish_seen_subcommand_from list promote delete" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand pending; and not __fish_seen_subcommand_from list promote delete" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand pending; and not __fish_seen_subcommand_from list promote delete" -f -a "list" -d 'List registrations whose link still works, newest first'
complete -c regstack -n "__fish_regstack_using_subcommand pending; and not __fish_seen_subcommand_from list promote delete" -f -a "promote" -d 'Create the accounts of pending registrations without verification'
complete -c regstack -n "__fish_regstack_using_subcommand pending; and not __fish_seen_subcommand_from list promote delete" -f -a "delete" -d 'Delete pending registrations; their links stop working'
complete -c regstack -n "__fish_regstack_using_subcommand pending; and __fish_seen_subcommand_from list" -l q -d 'Only those with this in the email address or name' -r
complete -c regstack -n "__fish_regstack_using_subcommand pending; and __fish_seen_subcommand_from list" -l limit -d 'Number of items, 1 to 200' -r
complete -c regstack -n "__fish_regstack_using_subcommand pending; and __fish_seen_subcommand_from list" -l after -d 'The next page: the "next" of the page before' -r
complete -c regstack -n "__fish_regstack_using_subcommand pending; and __fish_seen_subcommand_from list" -l format -d 'The form of the list' -r -f -a "table\t''
json\t''
csv\t''"
complete -c regstack -n "__fish_regstack_using_subcommand pending; and __fish_seen_subcommand_from list" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand pending; and __fish_seen_subcommand_from list" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand pending; and __fish_seen_subcommand_from list" -l all -d 'All items, not only one page'
complete -c regstack -n "__fish_regstack_using_subcommand pending; and __fish_seen_subcommand_from list" -l utc -d 'Dates in UTC instead of local time'
complete -c regstack -n "__fish_regstack_using_subcommand pending; and __fish_seen_subcommand_from list" -l json
complete -c regstack -n "__fish_regstack_using_subcommand pending; and __fish_seen_subcommand_from list" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand pending; and __fish_seen_subcommand_from list" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand pending; and __fish_seen_subcommand_from list" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand pending; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand pending; and __fish_seen_subcommand_from promote" -l email -r
complete -c regstack -n "__fish_regstack_using_subcommand pending; and __fish_seen_subcommand_from promote" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand pending; and __fish_seen_subcommand_from promote" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand pending; and __fish_seen_subcommand_from promote" -l json
complete -c regstack -n "__fish_regstack_using_subcommand pending; and __fish_seen_subcommand_from promote" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand pending; and __fish_seen_subcommand_from promote" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand pending; and __fish_seen_subcommand_from promote" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand pending; and __fish_seen_subcommand_from promote" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand pending; and __fish_seen_subcommand_from delete" -l email -r
complete -c regstack -n "__fish_regstack_using_subcommand pending; and __fish_seen_subcommand_from delete" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand pending; and __fish_seen_subcommand_from delete" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand pending; and __fish_seen_subcommand_from delete" -l json
complete -c regstack -n "__fish_regstack_using_subcommand pending; and __fish_seen_subcommand_from delete" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand pending; and __fish_seen_subcommand_from delete" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand pending; and __fish_seen_subcommand_from delete" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand pending; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand events; and not __fish_seen_subcommand_from list tail" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand events; and not __fish_seen_subcommand_from list tail" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand events; and not __fish_seen_subcommand_from list tail" -l json
complete -c regstack -n "__fish_regstack_using_subcommand events; and not __fish_seen_subcommand_from list tail" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand events; and not __fish_seen_subcommand_from list tail" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand events; and not __fish_seen_subcommand_from list tail" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand events; and not __fish_seen_subcommand_from list tail" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand events; and not __fish_seen_subcommand_from list tail" -f -a "list" -d 'List events, newest first'
complete -c regstack -n "__fish_regstack_using_subcommand events; and not __fish_seen_subcommand_from list tail" -f -a "tail" -d 'Show the latest events, and new ones with --follow'
complete -c regstack -n "__fish_regstack_using_subcommand events; and __fish_seen_subcommand_from list" -l user -d 'Only those of this account; for a deleted account, use its id' -r
complete -c regstack -n "__fish_regstack_using_subcommand events; and __fish_seen_subcommand_from list" -l type -d 'Only those of this type, such as login_failed' -r -f -a "user_registered\t''
user_verified\t''
verification_requested\t''
user_logged_in\t''
user_logged_out\t''
session_revoked\t''
other_sessions_revoked\t''
login_failed\t''
login_locked\t''
login_refused\t''
password_reset_requested\t''
password_reset_completed\t''
password_changed\t''
email_change_requested\t''
email_changed\t''
email_change_undone\t''
phone_setup_started\t''
totp_setup_started\t''
mfa_login_started\t''
mfa_enabled\t''
mfa_disabled\t''
recovery_codes_created\t''
recovery_code_used\t''
passkey_added\t''
passkey_renamed\t''
passkey_removed\t''
passkey_refused\t''
oauth_account_linked\t''
oauth_account_unlinked\t''
tokens_revoked\t''
user_disabled\t''
user_enabled\t''
name_changed\t''
data_exported\t''
user_deleted\t''
account_erased\t''
admin_granted\t''
admin_revoked\t''
service_key_created\t''
service_key_revoked\t''
signing_key_created\t''
signing_key_rotated\t''
signing_key_removed\t''
backup_downloaded\t''"
complete -c regstack -n "__fish_regstack_using_subcommand events; and __fish_seen_subcommand_from list" -l since -d 'Only those since a date (2026-01-31), a day (yesterday), or a time ago (2h)' -r
complete -c regstack -n "__fish_regstack_using_subcommand events; and __fish_seen_subcommand_from list" -l ip -d 'Only those from this address' -r
complete -c regstack -n "__fish_regstack_using_subcommand events; and __fish_seen_subcommand_from list" -l request-id -d 'Only those of the request with this x-request-id' -r
complete -c regstack -n "__fish_regstack_using_subcommand events; and __fish_seen_subcommand_from list" -l limit -d 'Number of items, 1 to 200' -r
complete -c regstack -n "__fish_regstack_using_subcommand events; and __fish_seen_subcommand_from list" -l after -d 'The next page: the "next" of the page before' -r
complete -c regstack -n "__fish_regstack_using_subcommand events; and __fish_seen_subcommand_from list" -l format -d 'The form of the list' -r -f -a "table\t''
json\t''
csv\t''"
complete -c regstack -n "__fish_regstack_using_subcommand events; and __fish_seen_subcommand_from list" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand events; and __fish_seen_subcommand_from list" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand events; and __fish_seen_subcommand_from list" -l all -d 'All items, not only one page'
complete -c regstack -n "__fish_regstack_using_subcommand events; and __fish_seen_subcommand_from list" -l utc -d 'Dates in UTC instead of local time'
complete -c regstack -n "__fish_regstack_using_subcommand events; and __fish_seen_subcommand_from list" -l json
complete -c regstack -n "__fish_regstack_using_subcommand events; and __fish_seen_subcommand_from list" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand events; and __fish_seen_subcommand_from list" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand events; and __fish_seen_subcommand_from list" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand events; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand events; and __fish_seen_subcommand_from tail" -l user -d 'Only those of this account; for a deleted account, use its id' -r
complete -c regstack -n "__fish_regstack_using_subcommand events; and __fish_seen_subcommand_from tail" -l type -d 'Only those of this type, such as login_failed' -r -f -a "user_registered\t''
user_verified\t''
verification_requested\t''
user_logged_in\t''
user_logged_out\t''
session_revoked\t''
other_sessions_revoked\t''
login_failed\t''
login_locked\t''
login_refused\t''
password_reset_requested\t''
password_reset_completed\t''
password_changed\t''
email_change_requested\t''
email_changed\t''
email_change_undone\t''
phone_setup_started\t''
totp_setup_started\t''
mfa_login_started\t''
mfa_enabled\t''
mfa_disabled\t''
recovery_codes_created\t''
recovery_code_used\t''
passkey_added\t''
passkey_renamed\t''
passkey_removed\t''
passkey_refused\t''
oauth_account_linked\t''
oauth_account_unlinked\t''
tokens_revoked\t''
user_disabled\t''
user_enabled\t''
name_changed\t''
data_exported\t''
user_deleted\t''
account_erased\t''
admin_granted\t''
admin_revoked\t''
service_key_created\t''
service_key_revoked\t''
signing_key_created\t''
signing_key_rotated\t''
signing_key_removed\t''
backup_downloaded\t''"
complete -c regstack -n "__fish_regstack_using_subcommand events; and __fish_seen_subcommand_from tail" -l since -d 'Only those since a date (2026-01-31), a day (yesterday), or a time ago (2h)' -r
complete -c regstack -n "__fish_regstack_using_subcommand events; and __fish_seen_subcommand_from tail" -l ip -d 'Only those from this address' -r
complete -c regstack -n "__fish_regstack_using_subcommand events; and __fish_seen_subcommand_from tail" -l request-id -d 'Only those of the request with this x-request-id' -r
complete -c regstack -n "__fish_regstack_using_subcommand events; and __fish_seen_subcommand_from tail" -s n -l lines -d 'Number of latest events to start with, at most 200' -r
complete -c regstack -n "__fish_regstack_using_subcommand events; and __fish_seen_subcommand_from tail" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand events; and __fish_seen_subcommand_from tail" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand events; and __fish_seen_subcommand_from tail" -s f -l follow -d 'Continue with new events'
complete -c regstack -n "__fish_regstack_using_subcommand events; and __fish_seen_subcommand_from tail" -l utc -d 'Dates in UTC instead of local time'
complete -c regstack -n "__fish_regstack_using_subcommand events; and __fish_seen_subcommand_from tail" -l json
complete -c regstack -n "__fish_regstack_using_subcommand events; and __fish_seen_subcommand_from tail" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand events; and __fish_seen_subcommand_from tail" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand events; and __fish_seen_subcommand_from tail" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand events; and __fish_seen_subcommand_from tail" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand outbox; and not __fish_seen_subcommand_from list retry delete" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand outbox; and not __fish_seen_subcommand_from list retry delete" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand outbox; and not __fish_seen_subcommand_from list retry delete" -l json
complete -c regstack -n "__fish_regstack_using_subcommand outbox; and not __fish_seen_subcommand_from list retry delete" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand outbox; and not __fish_seen_subcommand_from list retry delete" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand outbox; and not __fish_seen_subcommand_from list retry delete" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand outbox; and not __fish_seen_subcommand_from list retry delete" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand outbox; and not __fish_seen_subcommand_from list retry delete" -f -a "list" -d 'List messages, newest first'
complete -c regstack -n "__fish_regstack_using_subcommand outbox; and not __fish_seen_subcommand_from list retry delete" -f -a "retry" -d 'Retry messages at once, including failed ones'
complete -c regstack -n "__fish_regstack_using_subcommand outbox; and not __fish_seen_subcommand_from list retry delete" -f -a "delete" -d 'Delete messages without sending them'
complete -c regstack -n "__fish_regstack_using_subcommand outbox; and __fish_seen_subcommand_from list" -l state -d 'Only waiting messages, or only failed ones' -r -f -a "waiting\t''
failed\t''"
complete -c regstack -n "__fish_regstack_using_subcommand outbox; and __fish_seen_subcommand_from list" -l limit -d 'Number of items, 1 to 200' -r
complete -c regstack -n "__fish_regstack_using_subcommand outbox; and __fish_seen_subcommand_from list" -l after -d 'The next page: the "next" of the page before' -r
complete -c regstack -n "__fish_regstack_using_subcommand outbox; and __fish_seen_subcommand_from list" -l format -d 'The form of the list' -r -f -a "table\t''
json\t''
csv\t''"
complete -c regstack -n "__fish_regstack_using_subcommand outbox; and __fish_seen_subcommand_from list" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand outbox; and __fish_seen_subcommand_from list" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand outbox; and __fish_seen_subcommand_from list" -l all -d 'All items, not only one page'
complete -c regstack -n "__fish_regstack_using_subcommand outbox; and __fish_seen_subcommand_from list" -l utc -d 'Dates in UTC instead of local time'
complete -c regstack -n "__fish_regstack_using_subcommand outbox; and __fish_seen_subcommand_from list" -l json
complete -c regstack -n "__fish_regstack_using_subcommand outbox; and __fish_seen_subcommand_from list" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand outbox; and __fish_seen_subcommand_from list" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand outbox; and __fish_seen_subcommand_from list" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand outbox; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand outbox; and __fish_seen_subcommand_from retry" -l state -d 'All waiting messages, or all failed ones' -r -f -a "waiting\t''
failed\t''"
complete -c regstack -n "__fish_regstack_using_subcommand outbox; and __fish_seen_subcommand_from retry" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand outbox; and __fish_seen_subcommand_from retry" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand outbox; and __fish_seen_subcommand_from retry" -l all -d 'All messages, or all of the --state'
complete -c regstack -n "__fish_regstack_using_subcommand outbox; and __fish_seen_subcommand_from retry" -l json
complete -c regstack -n "__fish_regstack_using_subcommand outbox; and __fish_seen_subcommand_from retry" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand outbox; and __fish_seen_subcommand_from retry" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand outbox; and __fish_seen_subcommand_from retry" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand outbox; and __fish_seen_subcommand_from retry" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand outbox; and __fish_seen_subcommand_from delete" -l state -d 'All waiting messages, or all failed ones' -r -f -a "waiting\t''
failed\t''"
complete -c regstack -n "__fish_regstack_using_subcommand outbox; and __fish_seen_subcommand_from delete" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand outbox; and __fish_seen_subcommand_from delete" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand outbox; and __fish_seen_subcommand_from delete" -l all -d 'All messages, or all of the --state'
complete -c regstack -n "__fish_regstack_using_subcommand outbox; and __fish_seen_subcommand_from delete" -l json
complete -c regstack -n "__fish_regstack_using_subcommand outbox; and __fish_seen_subcommand_from delete" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand outbox; and __fish_seen_subcommand_from delete" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand outbox; and __fish_seen_subcommand_from delete" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand outbox; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand templates; and not __fish_seen_subcommand_from list eject check preview" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand templates; and not __fish_seen_subcommand_from list eject check preview" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand templates; and not __fish_seen_subcommand_from list eject check preview" -l json
complete -c regstack -n "__fish_regstack_using_subcommand templates; and not __fish_seen_subcommand_from list eject check preview" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand templates; and not __fish_seen_subcommand_from list eject check preview" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand templates; and not __fish_seen_subcommand_from list eject check preview" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand templates; and not __fish_seen_subcommand_from list eject check preview" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand templates; and not __fish_seen_subcommand_from list eject check preview" -f -a "list" -d 'List templates, their variables, and the files that override them'
complete -c regstack -n "__fish_regstack_using_subcommand templates; and not __fish_seen_subcommand_from list eject check preview" -f -a "eject" -d 'Copy built-in templates to a folder so that you can change them'
complete -c regstack -n "__fish_regstack_using_subcommand templates; and not __fish_seen_subcommand_from list eject check preview" -f -a "check" -d 'Report every fault of the templates'
complete -c regstack -n "__fish_regstack_using_subcommand templates; and not __fish_seen_subcommand_from list eject check preview" -f -a "preview" -d 'Show an email or a page with sample values'
complete -c regstack -n "__fish_regstack_using_subcommand templates; and __fish_seen_subcommand_from list" -l format -d 'The form of the list' -r -f -a "table\t''
json\t''
csv\t''"
complete -c regstack -n "__fish_regstack_using_subcommand templates; and __fish_seen_subcommand_from list" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand templates; and __fish_seen_subcommand_from list" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand templates; and __fish_seen_subcommand_from list" -l json
complete -c regstack -n "__fish_regstack_using_subcommand templates; and __fish_seen_subcommand_from list" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand templates; and __fish_seen_subcommand_from list" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand templates; and __fish_seen_subcommand_from list" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand templates; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand templates; and __fish_seen_subcommand_from eject" -l to -d 'The folder to write to; created if it doesn\'t exist' -r -F
complete -c regstack -n "__fish_regstack_using_subcommand templates; and __fish_seen_subcommand_from eject" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand templates; and __fish_seen_subcommand_from eject" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand templates; and __fish_seen_subcommand_from eject" -l force -d 'Replace existing files'
complete -c regstack -n "__fish_regstack_using_subcommand templates; and __fish_seen_subcommand_from eject" -l json
complete -c regstack -n "__fish_regstack_using_subcommand templates; and __fish_seen_subcommand_from eject" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand templates; and __fish_seen_subcommand_from eject" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand templates; and __fish_seen_subcommand_from eject" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand templates; and __fish_seen_subcommand_from eject" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand templates; and __fish_seen_subcommand_from check" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand templates; and __fish_seen_subcommand_from check" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand templates; and __fish_seen_subcommand_from check" -l json
complete -c regstack -n "__fish_regstack_using_subcommand templates; and __fish_seen_subcommand_from check" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand templates; and __fish_seen_subcommand_from check" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand templates; and __fish_seen_subcommand_from check" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand templates; and __fish_seen_subcommand_from check" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand templates; and __fish_seen_subcommand_from preview" -l part -d 'The part of an email [default: txt]' -r -f -a "subject\t''
txt\t''
html\t''"
complete -c regstack -n "__fish_regstack_using_subcommand templates; and __fish_seen_subcommand_from preview" -l lang -d 'The language [default: en]' -r
complete -c regstack -n "__fish_regstack_using_subcommand templates; and __fish_seen_subcommand_from preview" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand templates; and __fish_seen_subcommand_from preview" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand templates; and __fish_seen_subcommand_from preview" -l json
complete -c regstack -n "__fish_regstack_using_subcommand templates; and __fish_seen_subcommand_from preview" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand templates; and __fish_seen_subcommand_from preview" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand templates; and __fish_seen_subcommand_from preview" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand templates; and __fish_seen_subcommand_from preview" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand db; and not __fish_seen_subcommand_from status migrate purge backup restore copy" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand db; and not __fish_seen_subcommand_from status migrate purge backup restore copy" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand db; and not __fish_seen_subcommand_from status migrate purge backup restore copy" -l json
complete -c regstack -n "__fish_regstack_using_subcommand db; and not __fish_seen_subcommand_from status migrate purge backup restore copy" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand db; and not __fish_seen_subcommand_from status migrate purge backup restore copy" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand db; and not __fish_seen_subcommand_from status migrate purge backup restore copy" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand db; and not __fish_seen_subcommand_from status migrate purge backup restore copy" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand db; and not __fish_seen_subcommand_from status migrate purge backup restore copy" -f -a "status" -d 'Show the engine, location, schema and size; changes nothing'
complete -c regstack -n "__fish_regstack_using_subcommand db; and not __fish_seen_subcommand_from status migrate purge backup restore copy" -f -a "migrate" -d 'Create the database, or update its schema'
complete -c regstack -n "__fish_regstack_using_subcommand db; and not __fish_seen_subcommand_from status migrate purge backup restore copy" -f -a "purge" -d 'Remove expired registrations, revocations, failed logins and events'
complete -c regstack -n "__fish_regstack_using_subcommand db; and not __fish_seen_subcommand_from status migrate purge backup restore copy" -f -a "backup" -d 'Back up the SQLite database while it is in use'
complete -c regstack -n "__fish_regstack_using_subcommand db; and not __fish_seen_subcommand_from status migrate purge backup restore copy" -f -a "restore" -d 'Replace the SQLite database with a backup'
complete -c regstack -n "__fish_regstack_using_subcommand db; and not __fish_seen_subcommand_from status migrate purge backup restore copy" -f -a "copy" -d 'Copy everything to another database, and compare the two'
complete -c regstack -n "__fish_regstack_using_subcommand db; and __fish_seen_subcommand_from status" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand db; and __fish_seen_subcommand_from status" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand db; and __fish_seen_subcommand_from status" -l json
complete -c regstack -n "__fish_regstack_using_subcommand db; and __fish_seen_subcommand_from status" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand db; and __fish_seen_subcommand_from status" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand db; and __fish_seen_subcommand_from status" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand db; and __fish_seen_subcommand_from status" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand db; and __fish_seen_subcommand_from migrate" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand db; and __fish_seen_subcommand_from migrate" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand db; and __fish_seen_subcommand_from migrate" -l json
complete -c regstack -n "__fish_regstack_using_subcommand db; and __fish_seen_subcommand_from migrate" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand db; and __fish_seen_subcommand_from migrate" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand db; and __fish_seen_subcommand_from migrate" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand db; and __fish_seen_subcommand_from migrate" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand db; and __fish_seen_subcommand_from purge" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand db; and __fish_seen_subcommand_from purge" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand db; and __fish_seen_subcommand_from purge" -l json
complete -c regstack -n "__fish_regstack_using_subcommand db; and __fish_seen_subcommand_from purge" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand db; and __fish_seen_subcommand_from purge" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand db; and __fish_seen_subcommand_from purge" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand db; and __fish_seen_subcommand_from purge" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand db; and __fish_seen_subcommand_from backup" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand db; and __fish_seen_subcommand_from backup" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand db; and __fish_seen_subcommand_from backup" -l json
complete -c regstack -n "__fish_regstack_using_subcommand db; and __fish_seen_subcommand_from backup" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand db; and __fish_seen_subcommand_from backup" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand db; and __fish_seen_subcommand_from backup" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand db; and __fish_seen_subcommand_from backup" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand db; and __fish_seen_subcommand_from restore" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand db; and __fish_seen_subcommand_from restore" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand db; and __fish_seen_subcommand_from restore" -l as-it-is -d 'Keep sessions and waiting messages'
complete -c regstack -n "__fish_regstack_using_subcommand db; and __fish_seen_subcommand_from restore" -l json
complete -c regstack -n "__fish_regstack_using_subcommand db; and __fish_seen_subcommand_from restore" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand db; and __fish_seen_subcommand_from restore" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand db; and __fish_seen_subcommand_from restore" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand db; and __fish_seen_subcommand_from restore" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand db; and __fish_seen_subcommand_from copy" -l to -d 'The new database' -r
complete -c regstack -n "__fish_regstack_using_subcommand db; and __fish_seen_subcommand_from copy" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand db; and __fish_seen_subcommand_from copy" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand db; and __fish_seen_subcommand_from copy" -l json
complete -c regstack -n "__fish_regstack_using_subcommand db; and __fish_seen_subcommand_from copy" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand db; and __fish_seen_subcommand_from copy" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand db; and __fish_seen_subcommand_from copy" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand db; and __fish_seen_subcommand_from copy" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand migrate" -l target -r -f -a "head\t''"
complete -c regstack -n "__fish_regstack_using_subcommand migrate" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand migrate" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand migrate" -l json
complete -c regstack -n "__fish_regstack_using_subcommand migrate" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand migrate" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand migrate" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand migrate" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand config; and not __fish_seen_subcommand_from show check path" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand config; and not __fish_seen_subcommand_from show check path" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand config; and not __fish_seen_subcommand_from show check path" -l json
complete -c regstack -n "__fish_regstack_using_subcommand config; and not __fish_seen_subcommand_from show check path" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand config; and not __fish_seen_subcommand_from show check path" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand config; and not __fish_seen_subcommand_from show check path" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand config; and not __fish_seen_subcommand_from show check path" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand config; and not __fish_seen_subcommand_from show check path" -f -a "show" -d 'Show every setting, and where it comes from; secrets stay hidden'
complete -c regstack -n "__fish_regstack_using_subcommand config; and not __fish_seen_subcommand_from show check path" -f -a "check" -d 'Report every fault and warning of the configuration'
complete -c regstack -n "__fish_regstack_using_subcommand config; and not __fish_seen_subcommand_from show check path" -f -a "path" -d 'Print the files that are read, one per line'
complete -c regstack -n "__fish_regstack_using_subcommand config; and __fish_seen_subcommand_from show" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand config; and __fish_seen_subcommand_from show" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand config; and __fish_seen_subcommand_from show" -l changed -d 'Only settings that aren\'t at their default'
complete -c regstack -n "__fish_regstack_using_subcommand config; and __fish_seen_subcommand_from show" -l json
complete -c regstack -n "__fish_regstack_using_subcommand config; and __fish_seen_subcommand_from show" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand config; and __fish_seen_subcommand_from show" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand config; and __fish_seen_subcommand_from show" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand config; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand config; and __fish_seen_subcommand_from check" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand config; and __fish_seen_subcommand_from check" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand config; and __fish_seen_subcommand_from check" -l json
complete -c regstack -n "__fish_regstack_using_subcommand config; and __fish_seen_subcommand_from check" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand config; and __fish_seen_subcommand_from check" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand config; and __fish_seen_subcommand_from check" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand config; and __fish_seen_subcommand_from check" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand config; and __fish_seen_subcommand_from path" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand config; and __fish_seen_subcommand_from path" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand config; and __fish_seen_subcommand_from path" -l json
complete -c regstack -n "__fish_regstack_using_subcommand config; and __fish_seen_subcommand_from path" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand config; and __fish_seen_subcommand_from path" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand config; and __fish_seen_subcommand_from path" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand config; and __fish_seen_subcommand_from path" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand secret; and not __fish_seen_subcommand_from generate rotate" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand secret; and not __fish_seen_subcommand_from generate rotate" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand secret; and not __fish_seen_subcommand_from generate rotate" -l json
complete -c regstack -n "__fish_regstack_using_subcommand secret; and not __fish_seen_subcommand_from generate rotate" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand secret; and not __fish_seen_subcommand_from generate rotate" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand secret; and not __fish_seen_subcommand_from generate rotate" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand secret; and not __fish_seen_subcommand_from generate rotate" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand secret; and not __fish_seen_subcommand_from generate rotate" -f -a "generate" -d 'Print a new secret of 64 characters'
complete -c regstack -n "__fish_regstack_using_subcommand secret; and not __fish_seen_subcommand_from generate rotate" -f -a "rotate" -d 'Replace the signing secret without logging anyone out'
complete -c regstack -n "__fish_regstack_using_subcommand secret; and __fish_seen_subcommand_from generate" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand secret; and __fish_seen_subcommand_from generate" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand secret; and __fish_seen_subcommand_from generate" -l json
complete -c regstack -n "__fish_regstack_using_subcommand secret; and __fish_seen_subcommand_from generate" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand secret; and __fish_seen_subcommand_from generate" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand secret; and __fish_seen_subcommand_from generate" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand secret; and __fish_seen_subcommand_from generate" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand secret; and __fish_seen_subcommand_from rotate" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand secret; and __fish_seen_subcommand_from rotate" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand secret; and __fish_seen_subcommand_from rotate" -l prepare -d 'Only let servers accept the new secret; don\'t use it yet'
complete -c regstack -n "__fish_regstack_using_subcommand secret; and __fish_seen_subcommand_from rotate" -l json
complete -c regstack -n "__fish_regstack_using_subcommand secret; and __fish_seen_subcommand_from rotate" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand secret; and __fish_seen_subcommand_from rotate" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand secret; and __fish_seen_subcommand_from rotate" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand secret; and __fish_seen_subcommand_from rotate" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand stats" -l days -d 'How many days, 1 to 365' -r
complete -c regstack -n "__fish_regstack_using_subcommand stats" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand stats" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand stats" -l json
complete -c regstack -n "__fish_regstack_using_subcommand stats" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand stats" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand stats" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand stats" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand completions" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand completions" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand completions" -l json
complete -c regstack -n "__fish_regstack_using_subcommand completions" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand completions" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand completions" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand completions" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand man" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand man" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand man" -l json
complete -c regstack -n "__fish_regstack_using_subcommand man" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand man" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand man" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand man" -s h -l help -d 'Print help'
complete -c regstack -n "__fish_regstack_using_subcommand init" -l set -d 'Set any other key' -r
complete -c regstack -n "__fish_regstack_using_subcommand init" -l target -d 'Folder to set up, instead of the current one' -r -F
complete -c regstack -n "__fish_regstack_using_subcommand init" -l admin-email -d 'Make this account an administrator' -r
complete -c regstack -n "__fish_regstack_using_subcommand init" -l app-name -d 'Set app_name' -r
complete -c regstack -n "__fish_regstack_using_subcommand init" -l base-url -d 'Set base_url' -r
complete -c regstack -n "__fish_regstack_using_subcommand init" -l bind -d 'Set bind' -r
complete -c regstack -n "__fish_regstack_using_subcommand init" -l behind-proxy -d 'Set behind_proxy' -r
complete -c regstack -n "__fish_regstack_using_subcommand init" -l enable-ui-router -d 'Set enable_ui_router' -r
complete -c regstack -n "__fish_regstack_using_subcommand init" -l database-url -d 'Set database_url' -r
complete -c regstack -n "__fish_regstack_using_subcommand init" -l jwt-ttl-seconds -d 'Set jwt_ttl_seconds' -r
complete -c regstack -n "__fish_regstack_using_subcommand init" -l session-max-seconds -d 'Set session_max_seconds' -r
complete -c regstack -n "__fish_regstack_using_subcommand init" -l transport -d 'Set transport' -r
complete -c regstack -n "__fish_regstack_using_subcommand init" -l email-backend -d 'Set email.backend' -r
complete -c regstack -n "__fish_regstack_using_subcommand init" -l email-from-address -d 'Set email.from_address' -r
complete -c regstack -n "__fish_regstack_using_subcommand init" -l email-from-name -d 'Set email.from_name' -r
complete -c regstack -n "__fish_regstack_using_subcommand init" -l smtp-host -d 'Set email.smtp_host' -r
complete -c regstack -n "__fish_regstack_using_subcommand init" -l smtp-port -d 'Set email.smtp_port' -r
complete -c regstack -n "__fish_regstack_using_subcommand init" -l smtp-starttls -d 'Set email.smtp_starttls' -r
complete -c regstack -n "__fish_regstack_using_subcommand init" -l smtp-tls -d 'Set email.smtp_tls' -r
complete -c regstack -n "__fish_regstack_using_subcommand init" -l smtp-username -d 'Set email.smtp_username' -r
complete -c regstack -n "__fish_regstack_using_subcommand init" -l ses-region -d 'Set email.ses_region' -r
complete -c regstack -n "__fish_regstack_using_subcommand init" -l ses-profile -d 'Set email.ses_profile' -r
complete -c regstack -n "__fish_regstack_using_subcommand init" -l sms-backend -d 'Set sms.backend' -r
complete -c regstack -n "__fish_regstack_using_subcommand init" -l sms-from-number -d 'Set sms.from_number' -r
complete -c regstack -n "__fish_regstack_using_subcommand init" -l sns-region -d 'Set sms.sns_region' -r
complete -c regstack -n "__fish_regstack_using_subcommand init" -l twilio-account-sid -d 'Set sms.twilio_account_sid' -r
complete -c regstack -n "__fish_regstack_using_subcommand init" -l allow-registration -d 'Set allow_registration' -r
complete -c regstack -n "__fish_regstack_using_subcommand init" -l require-verification -d 'Set require_verification' -r
complete -c regstack -n "__fish_regstack_using_subcommand init" -l enable-password-reset -d 'Set enable_password_reset' -r
complete -c regstack -n "__fish_regstack_using_subcommand init" -l enable-account-deletion -d 'Set enable_account_deletion' -r
complete -c regstack -n "__fish_regstack_using_subcommand init" -l enable-admin-router -d 'Set enable_admin_router' -r
complete -c regstack -n "__fish_regstack_using_subcommand init" -l enable-totp -d 'Set enable_totp' -r
complete -c regstack -n "__fish_regstack_using_subcommand init" -l enable-sms-2fa -d 'Set enable_sms_2fa' -r
complete -c regstack -n "__fish_regstack_using_subcommand init" -l config -r -F
complete -c regstack -n "__fish_regstack_using_subcommand init" -l color -r -f -a "auto\t''
always\t''
never\t''"
complete -c regstack -n "__fish_regstack_using_subcommand init" -l defaults -d 'Ask nothing; use defaults and flags'
complete -c regstack -n "__fish_regstack_using_subcommand init" -l secrets-stdin -d 'Read secrets from stdin'
complete -c regstack -n "__fish_regstack_using_subcommand init" -l force -d 'Change an existing installation'
complete -c regstack -n "__fish_regstack_using_subcommand init" -l if-missing -d 'Leave an existing installation alone, and succeed'
complete -c regstack -n "__fish_regstack_using_subcommand init" -l no-schema -d 'Write the files only'
complete -c regstack -n "__fish_regstack_using_subcommand init" -l json
complete -c regstack -n "__fish_regstack_using_subcommand init" -l yes
complete -c regstack -n "__fish_regstack_using_subcommand init" -s q -l quiet
complete -c regstack -n "__fish_regstack_using_subcommand init" -s v -l verbose
complete -c regstack -n "__fish_regstack_using_subcommand init" -s h -l help -d 'Print help'
