# bash completion for switchio; made by 'switchio completion bash' of the tables that
# --help is made of.

_switchio()
{
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
    local command=${COMP_WORDS[1]}
    # bash takes the '=' of --option=value for a word of its own.
    [[ $word == = ]] && word=
    ((COMP_CWORD < 3)) || [[ $before != = ]] || before=${COMP_WORDS[COMP_CWORD-2]}
    COMPREPLY=()
    if ((COMP_CWORD == 1)); then
        COMPREPLY=($(compgen -W '--help --version dial console api sim list-apps report plot' -- "$word"))
        return
    fi
    # The value of the option before.
    case "$command $before" in
    'dial --proxy') COMPREPLY=($(compgen -A hostname -- "$word")) ;;
    'dial --dest-url') ;;
    'dial --profile') ;;
    'dial --gateway') ;;
    'dial --originate-timeout') ;;
    'dial --rate' | 'dial -r') ;;
    'dial --limit') ;;
    'dial --duration' | 'dial -d') ;;
    'dial --metrics-file') compopt -o filenames; COMPREPLY=($(compgen -f -- "$word")) ;;
    'dial --max-offered' | 'dial -m') ;;
    'dial --stages') ;;
    'dial --arrivals') COMPREPLY=($(compgen -W 'uniform poisson' -- "$word")) ;;
    'dial --seed') ;;
    'dial --app' | 'dial -a') compopt -o filenames; COMPREPLY=($(compgen -W 'TonePlay PlayRec MutedPlayRec Bert DtmfChecker CalleeBlockOnInvite CalleeRingback Proxier Bridger' -- "$word"; _switchio_objects)) ;;
    'dial --connections') ;;
    'dial --expect' | 'dial -e') ;;
    'dial --password' | 'dial -p') ;;
    'dial --password-file') compopt -o filenames; COMPREPLY=($(compgen -f -- "$word")) ;;
    'dial --loglevel' | 'dial -l') COMPREPLY=($(compgen -W 'error warning info debug trace' -- "$word")) ;;
    'dial --user') ;;
    'dial --timeout' | 'dial -t') ;;
    'console --proxy') COMPREPLY=($(compgen -A hostname -- "$word")) ;;
    'console --dest-url') ;;
    'console --profile') ;;
    'console --gateway') ;;
    'console --originate-timeout') ;;
    'console --rate' | 'console -r') ;;
    'console --limit') ;;
    'console --duration' | 'console -d') ;;
    'console --metrics-file') compopt -o filenames; COMPREPLY=($(compgen -f -- "$word")) ;;
    'console --max-offered' | 'console -m') ;;
    'console --app' | 'console -a') compopt -o filenames; COMPREPLY=($(compgen -W 'TonePlay PlayRec MutedPlayRec Bert DtmfChecker CalleeBlockOnInvite CalleeRingback Proxier Bridger' -- "$word"; _switchio_objects)) ;;
    'console --connections') ;;
    'console --password' | 'console -p') ;;
    'console --password-file') compopt -o filenames; COMPREPLY=($(compgen -f -- "$word")) ;;
    'console --loglevel' | 'console -l') COMPREPLY=($(compgen -W 'error warning info debug trace' -- "$word")) ;;
    'console --user') ;;
    'console --timeout' | 'console -t') ;;
    'api --password' | 'api -p') ;;
    'api --password-file') compopt -o filenames; COMPREPLY=($(compgen -f -- "$word")) ;;
    'api --loglevel' | 'api -l') COMPREPLY=($(compgen -W 'error warning info debug trace' -- "$word")) ;;
    'api --user') ;;
    'api --timeout' | 'api -t') ;;
    'sim --nodes' | 'sim -n') ;;
    'sim --port') ;;
    'sim --address') ;;
    'sim --proxy') COMPREPLY=($(compgen -A hostname -- "$word")) ;;
    'sim --fail-share') ;;
    'sim --fail-causes') ;;
    'sim --reply-delay') ;;
    'sim --lose-events') ;;
    'sim --split') ;;
    'sim --drop-after') ;;
    'sim --stall-after') ;;
    'sim --password' | 'sim -p') ;;
    'sim --password-file') compopt -o filenames; COMPREPLY=($(compgen -f -- "$word")) ;;
    'sim --loglevel' | 'sim -l') COMPREPLY=($(compgen -W 'error warning info debug trace' -- "$word")) ;;
    'report --format' | 'report -f') COMPREPLY=($(compgen -W 'text markdown json' -- "$word")) ;;
    'report --expect' | 'report -e') ;;
    'plot --output' | 'plot -o') compopt -o filenames; COMPREPLY=($(compgen -f -- "$word")) ;;
    'plot --title') ;;
    'plot --width') ;;
    'plot --height') ;;
    *) _switchio_word ;;
    esac
}

# Shared objects with apps, and directories where it is a path that is typed.
_switchio_objects()
{
    compgen -f -X '!*.so' -- "$word"
    [[ $word != [./]* && $word != */* ]] || compgen -d -- "$word"
}

# An option, or an operand. It sees the variables of its caller.
_switchio_word()
{
    case "$command $word" in
    'dial -'*) COMPREPLY=($(compgen -W '--help --proxy --dest-url --profile --gateway --originate-timeout --rate --limit --duration --metrics-file --max-offered --stages --arrivals --seed --app --sim --connections --expect --json --quiet --no-panel --interactive --password --password-file --loglevel --user --timeout' -- "$word")) ;;
    'console -'*) COMPREPLY=($(compgen -W '--help --proxy --dest-url --profile --gateway --originate-timeout --rate --limit --duration --metrics-file --max-offered --app --sim --connections --bail --password --password-file --loglevel --user --timeout' -- "$word")) ;;
    'api -'*) COMPREPLY=($(compgen -W '--help --password --password-file --loglevel --user --timeout' -- "$word")) ;;
    'sim -'*) COMPREPLY=($(compgen -W '--help --nodes --port --address --proxy --answer --fail-share --fail-causes --reply-delay --lose-events --split --drop-after --stall-after --refuse --silent --garbage --password --password-file --loglevel' -- "$word")) ;;
    'list-apps -'*) COMPREPLY=($(compgen -W '--help' -- "$word")) ;;
    'report -'*) COMPREPLY=($(compgen -W '--help --format --expect' -- "$word")) ;;
    'plot -'*) COMPREPLY=($(compgen -W '--help --output --title --width --height' -- "$word")) ;;
    'dial '*) COMPREPLY=($(compgen -A hostname -- "$word")) ;;
    'console '*) COMPREPLY=($(compgen -A hostname -- "$word")) ;;
    'api '*) COMPREPLY=($(compgen -A hostname -- "$word")) ;;
    'sim '*) ;;
    'list-apps '*) compopt -o filenames; COMPREPLY=($(compgen -W 'TonePlay PlayRec MutedPlayRec Bert DtmfChecker CalleeBlockOnInvite CalleeRingback Proxier Bridger' -- "$word"; _switchio_objects)) ;;
    'report '*) compopt -o filenames; COMPREPLY=($(compgen -f -- "$word")) ;;
    'plot '*) compopt -o filenames; COMPREPLY=($(compgen -f -- "$word")) ;;
    esac
}

complete -F _switchio switchio
