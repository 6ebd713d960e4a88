#!/bin/sh

test_description='git perfbisect and names, contexts and output that want to be commands or options'

. "$(dirname "$0")/test-lib.sh"
. "$TEST_SOURCE/lib-perfbisect.sh"

# Records what git is called with: the words between "<" and ">", a call a line.
mkdir wrapped &&
real_git=$(command -v git) &&
write_script wrapped/git <<EOF
{
	for word
	do
		printf '<%s>' "\$word"
	done
	echo
} >>"$HOME/calls"
exec "$real_git" "\$@"
EOF

cat >words <<\EOF
--exec=touch canary
--upload-pack=touch canary
-c core.pager=touch canary
--output=canary
-h
--help
-oProxyCommand=touch canary
$(touch canary)
`touch canary`
;touch canary
|touch canary
&touch canary
>canary
"; touch canary; "
'; touch canary; '
\"; touch canary
{touch,canary}
../canary
a b;touch canary
EOF

no_canary() {
	find "$HOME" -name "*canary*" >"$HOME/found" &&
	test_must_be_empty "$HOME/found"
}

test_expect_success 'set up' '
	(
		new_series series 5 3
	)
'

# In front of git, in the current directory.
recorded() {
	PATH="$HOME/wrapped:$PATH" git-perfbisect "$@"
}

test_expect_success 'a revision is never an option or a command: git is not even called with it' '
	(
		cd series &&
		: >../calls &&
		while IFS= read -r word
		do
			test_expect_code 128 recorded start --bad="$word" --good=c1 -- true >../out 2>../err &&
			test_grep "^fatal: the bad end: " ../err &&
			test_expect_code 128 recorded start --bad=main --good="$word" -- true >../out 2>../err &&
			test_grep "^fatal: the good end: " ../err || return 1
		done <../words &&
		no_canary &&
		quick_series >../out &&
		while IFS= read -r word
		do
			for command in good bad skip retry
			do
				test_expect_code 128 recorded $command -- "$word" >../out 2>../err &&
				test_line_count = 1 ../err || return 1
			done &&
			test_expect_code 128 recorded test -- "$word" >../out 2>../err || return 1
		done <../words &&
		no_canary &&
		test_grep "<cat-file><--batch-check" ../calls &&
		test_grep ! canary ../calls &&
		git perfbisect reset >../out
	)
'

test_expect_success 'a path is a path' '
	(
		cd series &&
		while IFS= read -r word
		do
			test_might_fail recorded start --paths="$word" main c1 -- true >../out 2>../err &&
			test_might_fail git perfbisect reset >../out 2>../err &&
			test_expect_code 128 recorded start --from="$word" main c1 -- true >../out 2>../err &&
			test_expect_code 128 recorded start --prior="$word" main c1 -- true >../out 2>../err || return 1
		done <../words &&
		no_canary
	)
'

test_expect_success 'hosts and users that are none are refused, and ssh is never asked' '
	mkdir -p fake &&
	write_script fake/ssh <<-EOF &&
	echo "\$@" >>"$HOME/ssh-calls"
	exit 255
	EOF
	(
		PATH=$HOME/fake:$PATH &&
		cd series &&
		while IFS= read -r word
		do
			for options in --host= --on=root@ --host=127.0.0.1\ --user=
			do
				set -- $options &&
				first=$1 last=${2-} &&
				if test -n "$last"
				then
					set -- "$first" "$last$word"
				else
					set -- "$first$word"
				fi &&
				test_expect_code 128 git perfbisect start "$@" main c1 -- true >../out 2>../err &&
				test_grep "^fatal: .*\(is refused\|is no name of a machine\)" ../err || return 1
			done
		done <../words &&
		no_canary &&
		test_path_is_missing ../ssh-calls
	)
'

test_expect_success 'names of machines and benchmarks are data' '
	(
		cd series &&
		while IFS= read -r word
		do
			printf "[perfsut \"m\"]\n\tmethod = local\n" >../context &&
			test_might_fail git perfbisect start --from=../context --strategy=sequential --warmups=0 --repeats=1 \
				--benchmark="$word" main c1 -- "echo metric a \$(cat level) s" >../out 2>../err &&
			test_might_fail git perfbisect run >../out 2>../err &&
			git perfbisect reset >../out || return 1
		done <../words &&
		no_canary
	)
'

test_expect_success 'what a benchmark says, and a message, never reach a terminal raw' '
	(
		git init -q escapes && cd escapes &&
		for i in 1 2 3 4
		do
			echo $i >number &&
			test $i -lt 3 && echo 100 >level || echo 110 >level
			git add . &&
			test_tick &&
			printf "title \033]0;owned\007 \033[31m \302\2335m $i\n\nbody" | git commit -q -F - &&
			git tag c$i || return 1
		done &&
		escape=$(printf "\033") &&
		git perfbisect start --strategy=adaptive --warmups=0 --repeats=1 \
			--build "printf \"\\033]0;owned\\007\\n\" >&2; test \$(cat number) != 2" main c1 -- \
			"printf \"metric a\\033[31m 1 s\\nmetric level %s \\033[32ms\\n\\033]0;owned\\007\\n\" \$(cat level); printf \"\\033]0;owned\\007\\n\" >&2" \
			>../out 2>../err &&
		for command in "run --progress" status report log next
		do
			test_might_fail env TERM=xterm "$HELPER_PATH/test-pty" git-perfbisect $command >../out &&
			sed "s/$escape\[[0-9;]*[mK]//g" ../out >../plain &&
			test_grep ! "$escape" ../plain &&
			test_grep ! "$escape\[3[12]mtitle\|$escape\[31m 1" ../out &&
			test_grep ! "$(printf "\007")" ../out || return 1
		done &&
		test_grep ! "owned$(printf "\007")" ../out
	)
'

test_expect_success 'escapes in the names that are typed stay out of messages' '
	(
		cd series &&
		escape=$(printf "\033") &&
		for arguments in "--bad=$escape[31m" "--strategy=$escape[31m" "--on=$escape[31m" "--from=$escape[31m" \
			"--metric=($escape[31m" "--budget=$escape[31m"
		do
			test_expect_code 128 "$HELPER_PATH/test-pty" git-perfbisect start "$arguments" c1 -- true >../out &&
			test_grep "fatal: " ../out &&
			test_grep ! "$escape\[31m" ../out || return 1
		done
	)
'

test_expect_success 'configuration of a repository that is not ours runs nothing' '
	(
		cd series &&
		git config perfbuild.command "touch \"$HOME/canary\"" &&
		GIT_TEST_ASSUME_DIFFERENT_OWNER=1 test_expect_code 128 git perfbisect start main c1 -- true >../out 2>../err &&
		test_grep "^fatal: .*dubious ownership\|^fatal: .*safe.directory" ../err &&
		no_canary
	)
'

test_done
