#!/bin/sh

test_description='git perfrank: names that look like options or hold shell, at every place that takes one'

. "$(dirname "$0")/test-lib.sh"
. "$TEST_SOURCE/lib-perfrank.sh"

PERFRANK=$PERF_BUILD/bin/git-perfrank

cat >"$HOME/names" <<-\EOF
	-x
	--
	--all
	--help
	--output=canary
	--exec=canary
	--upload-pack=canary
	--format=canary
	--end-of-options
	--stdin
	--git-dir=canary
	--work-tree=canary
	--namespace=canary
	--config-env=a=b
	-ccore.pager=canary
	-Ccanary
	-p
	-ocanary
	-O/dev/null
	-S
	-Gx
	-z
	-
	-1
	-n1
	--no-index
	--ext-diff
	--textconv
	--no-walk
	--reflog
	--glob=x
	--branches
	--parents
	--batch
	--filter=blob-none
	--missing=print
	--show-signature
	--dereference
	;touch${IFS}canary;
	a;touch${IFS}canary
	$(touch${IFS}canary)
	`touch${IFS}canary`
	|touch${IFS}canary
	a|touch${IFS}canary
	&touch${IFS}canary
	a&&touch${IFS}canary
	>canary
	<canary
	a>canary
	'
	"
	'canary'
	"canary"
	'$(touch${IFS}canary)'
	#canary
	!canary
	%00
	%s
	%(objectname)
	{canary}
	$HOME
	$IFS
	0
	HEAD
	refs
	@canary
	a=b
	deadbeef
EOF

test_expect_success 'set up a program with refs of all these names, and a git that writes down what it is given' '
	real_git=$(command -v git) &&
	mkdir tools &&
	write_script tools/git <<-EOF &&
	{
		printf "<%s>" "\$@"
		echo
	} >>"$HOME/calls"
	exec "$real_git" "\$@"
	EOF
	test_line_count -ge 60 names &&
	new_program repo &&
	change push "ring: push" "ring_push_more=r = 1" &&
	change pop "ring: pop" "ring_push_more=r = 1" "ring_pop_more=r = 2" &&
	git rev-parse pop >pop.id &&
	while read -r name
	do
		if git check-ref-format "refs/heads/$name"
		then
			printf "create refs/heads/%s\0%s\0" "$name" "$(cat pop.id)"
		else
			echo "$name" >>../refused
		fi
	done <../names >refs &&
	git update-ref -z --stdin <refs &&
	write_profile >profile.csv
'

# only_data <name> <command>...: with git recorded. The name is no word that a
# child is given, and nothing is run by it.
only_data() {
	only_data_name=$1
	shift
	rm -f "$HOME/calls" "$HOME/canary" canary &&
	PATH="$HOME/tools:$PATH" "$@" >out 2>err </dev/null
	only_data_status=$?
	test -s "$HOME/calls" || return 1
	if grep -F -e "<$only_data_name>" -e "<^$only_data_name>" -e "heads/$only_data_name" -e canary "$HOME/calls"
	then
		echo >&4 "children got <$only_data_name>"
		return 1
	fi
	test_path_is_missing canary &&
	test_path_is_missing "$HOME/canary" &&
	return $only_data_status
}

# Options that we give ourselves: these names are looked for with "heads/"
# before them only.
marked() {
	case $1 in
	--parents | --batch | --stdin | -z | -p | -- | -M | -r | --dereference)
		echo "heads/$1"
		;;
	*)
		echo "$1"
		;;
	esac
}

test_expect_success 'as the upper end, the lower end, and the commit to show' '
	while read -r name
	do
		git check-ref-format "refs/heads/$name" || continue
		only_data "$(marked "$name")" "$PERFRANK" -n 1 --porcelain -- "base..heads/$name" &&
		test_grep "ring: " out &&
		only_data "$(marked "$name")" "$PERFRANK" show -- "heads/$name" base..pop &&
		test_grep "ring: pop" out &&
		test_expect_code 128 only_data "$(marked "$name")" "$PERFRANK" -- "heads/$name..base" || return 1
	done <../names
'

test_expect_success 'as what is no revision, and as values of options' '
	while read -r name
	do
		test_expect_code 128 only_data "no-such$name" "$PERFRANK" -- "base..no-such$name" &&
		only_data "$(marked "$name")" "$PERFRANK" --context="$name" --porcelain base..pop &&
		test_grep "ring: push" out &&
		only_data "$(marked "$name")" "$PERFRANK" list -o - --context="$name" base..pop &&
		test_expect_code 129 only_data "no-such$name" "$PERFRANK" --weights="no-such$name" base..pop || return 1
	done <../names
'

test_expect_success 'as functions and files of the profile' '
	(
		write_profile &&
		sed "s/\"/\"\"/g; s/.*/\"&\",1,1,\"&\"/" ../names
	) >hostile.csv &&
	only_data no-such-name "$PERFRANK" --porcelain -p hostile.csv base..pop &&
	test_grep "ring: push" out &&
	only_data no-such-name "$PERFRANK" list -o - -p hostile.csv base..pop &&
	only_data no-such-name "$PERFRANK" show -p hostile.csv push base..pop
'

test_expect_success 'as names of profiles, of contexts and of folders for lists' '
	grep -v / ../names >file-names &&
	while read -r name
	do
		cp profile.csv "./$name.csv" &&
		mkdir -p "./$name.lists" &&
		echo "slow" >"$name.context" &&
		only_data "$(marked "$name")" "$PERFRANK" --porcelain --profile="$name.csv" --context-file="$name.context" base..pop &&
		test_grep "ring: push" out &&
		only_data "$(marked "$name")" "$PERFRANK" list --output="$name.lists" --profile="$name.csv" base..pop &&
		test_path_is_file "./$name.lists/git_log_base_pop.txt" || return 1
	done <file-names
'

test_done
