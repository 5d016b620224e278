# bash completion for vidimus
_vidimus()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command=${COMP_WORDS[1]} words=
	local files='--keys --passphrase-file --pin-file --config --trust --cases --corpora --out'
	COMPREPLY=()
	if [ "$COMP_CWORD" -eq 1 ]; then
		words='serve verify inspect trust keys store demo conformance help version'
	elif [[ " $files " == *" $prev "* ]]; then
		COMPREPLY=($(compgen -f -- "$cur"))
		return
	elif [ "$prev" = --env ]; then
		words='production acceptance demo'
	elif [ "$prev" = --target ]; then
		words='builtin http:// exec:'
	else
		case $command in
		serve) words='--config --check --help' ;;
		verify) words='--config --trust --pin --env --policy --at --json --core --ndjson --fetch --passcode --recipient --help' ;;
		inspect) words='--json --core --help' ;;
		trust) words='list show import --config --trust --pin --env --policy --at --json --help' ;;
		keys) words='new list rotate retire publish --all --in --use --withdraw --pkcs11 --import --module --pin-file --config --keys --passphrase-file --url --country --name --at --json --help' ;;
		store) words='check find revoke forget --config --reason --before --help' ;;
		demo) words='--cases --help' ;;
		conformance) words='run pairs list --suite --target --adapter --token --as --cases --corpora --out --exceptions --help' ;;
		help) words='serve verify inspect trust keys store demo conformance config schemes' ;;
		esac
		[[ $cur != -* && $command =~ ^(verify|inspect|trust|demo)$ ]] && COMPREPLY=($(compgen -f -- "$cur"))
	fi
	COMPREPLY+=($(compgen -W "$words" -- "$cur"))
}
complete -o filenames -F _vidimus vidimus
