#!/bin/sh

test_description='git perfrank: what configuration runs, what children are given, and where is written'

. "$(dirname "$0")/test-lib.sh"
. "$TEST_SOURCE/lib-perfrank.sh"

PERFRANK=$PERF_BUILD/bin/git-perfrank
# Commands of the configuration go through a shell: found on PATH, their name
# needs no quotes.
PATH=$HOME/bin:$PATH

test_expect_success 'set up a program, and a git that writes down what it is given' '
	real_git=$(command -v git) &&
	mkdir tools &&
	write_script tools/git <<-EOF &&
	{
		printf "<%s>" "\$@"
		echo
	} >>"$HOME/calls"
	exec "$real_git" "\$@"
	EOF
	new_program repo &&
	change push "ring: push" "ring_push_more=r = 1" &&
	change pop "ring: pop" "ring_push_more=r = 1" "ring_pop_more=r = 2" &&
	git tag v1.0 base &&
	write_profile >../profile.csv
'

test_expect_success 'a format is one word, attached' '
	for format in "--output=x" "-x" "%H;touch canary" "\$(touch canary)" "%s --output=x"
	do
		rm -f "$HOME/calls" &&
		PATH="$HOME/tools:$PATH" "$PERFRANK" -n 1 --format="$format" base..pop >out 2>err &&
		test_grep -F -e "<--format=tformat:$format>" "$HOME/calls" &&
		test_path_is_missing canary || return 1
	done
'

test_expect_success 'what children are given are options of ours, full ids, and the names of subcommands' '
	rm -f "$HOME/calls" &&
	for form in "" --json --format=%H "list -o -" "show push"
	do
		PATH="$HOME/tools:$PATH" "$PERFRANK" $form v1.0..pop >out 2>err || return 1
	done &&
	tr "<" "\n" <"$HOME/calls" | sed "s/>\$//" | sort -u | grep -v "^-" >words &&
	grep -v -E "^(\^?[0-9a-f]{40})?\$" words >actual &&
	test_write_lines cat-file config core.fsmonitor=false diff-tree log objects rev-list rev-parse show-ref >expect &&
	test_cmp expect actual
'

test_expect_success 'set up a configuration whose every key would run something' '
	mkdir "$HOME/bin" "$HOME/hooks" &&
	write_script "$HOME/bin/evil" <<-EOF &&
	echo "\$0 \$@" >>"$HOME/canary"
	cat
	EOF
	for hook in post-checkout reference-transaction fsmonitor-watchman post-index-change pre-commit post-rewrite \
		pre-auto-gc query-watchman
	do
		cp "$HOME/bin/evil" "$HOME/hooks/$hook" || return 1
	done &&
	echo "* diff=evil filter=evil merge=evil" >.git/info/attributes &&
	tr " " "\n" >keys <<-EOF &&
	core.fsmonitor core.sshCommand core.gitProxy core.askPass core.editor core.alternateRefsCommand
	diff.external diff.evil.command diff.evil.textconv filter.evil.clean filter.evil.smudge
	filter.evil.process merge.evil.driver gpg.program gpg.ssh.program gpg.x509.program
	uploadpack.packObjectsHook remote.origin.uploadpack remote.origin.vcs pager.log pager.perfrank
	pager.cat-file pager.rev-list pager.diff-tree pager.config trailer.evil.command trailer.evil.cmd
	interactive.diffFilter sequence.editor sendemail.smtpServer difftool.evil.cmd browser.evil.cmd man.evil.cmd
	EOF
	test_line_count -ge 25 keys &&
	while read -r key
	do
		git config "$key" evil || return 1
	done <keys &&
	for key in alias.cat-file alias.rev-list alias.log alias.config credential.helper
	do
		git config "$key" "!evil" || return 1
	done &&
	git config core.hooksPath "$HOME/hooks" &&
	git config log.showSignature true &&
	git config submodule.recurse true &&
	rm -f "$HOME/canary"
'

test_expect_success 'no key runs anything, for any subcommand' '
	for form in "" --json --explain --merges --short-lists "--format=%H%s%G?%N%(trailers)%d" --format=prior \
		"list -o -" "show push"
	do
		"$PERFRANK" $form base..pop >out 2>err &&
		test -s out &&
		test_path_is_missing "$HOME/canary" || return 1
	done &&
	git diff base pop >out &&
	test_path_is_file "$HOME/canary" &&
	rm "$HOME/canary"
'

test_expect_success 'not on a terminal either, but for the pager of the user' '
	for form in --explain "--format=%H%s" "list -o -" "show push"
	do
		GIT_PAGER=cat "$HELPER_PATH/test-pty" "$PERFRANK" $form base..pop >out &&
		test -s out &&
		test_path_is_missing "$HOME/canary" || return 1
	done
'

test_expect_success 'a repository of another user: nothing runs, in the words of git' '
	git config core.pager evil &&
	for form in "" "list -o -" "show push"
	do
		test_env GIT_TEST_ASSUME_DIFFERENT_OWNER=1 refused "dubious ownership\|unsafe" \
			"$PERFRANK" $form base..pop &&
		test_grep "safe.directory" fatal &&
		test_expect_code 128 env GIT_TEST_ASSUME_DIFFERENT_OWNER=1 \
			"$HELPER_PATH/test-pty" "$PERFRANK" $form base..pop >out &&
		test_path_is_missing "$HOME/canary" || return 1
	done
'

test_expect_success ROOT 'the same with an owner who really is another' '
	cp -R "$HOME/repo" "$HOME/foreign" &&
	rm -f "$HOME/foreign/.git/perf/perfrank.json" &&
	chown -R 65534 "$HOME/foreign" &&
	cd "$HOME/foreign" &&
	refused "dubious ownership\|unsafe" "$PERFRANK" base..pop &&
	test_path_is_missing "$HOME/canary" &&
	test_path_is_missing .git/perf/perfrank.json
'

# ranks_and_leaves <pattern>: it ranks, says why nothing is remembered, and
# show does not read there.
ranks_and_leaves() {
	git perfrank --porcelain -p "$HOME/profile.csv" base..pop >out 2>err &&
	test_grep "ring: push" out &&
	test_grep "^warning: .*/perf $1, so that this ranking is not remembered; it has to be a folder of yours" \
		err &&
	refused "/perf $1, so that the last ranking is not read from it; give a range" git perfrank show push
}

test_expect_success 'a link in the place of the folder: to a folder, to nothing, to itself' '
	cd "$HOME" &&
	git clone -q repo plants &&
	mkdir target &&
	cd plants &&
	for target in "$HOME/target" ../../target "$HOME/nowhere" perf
	do
		rm -f .git/perf &&
		ln -s "$target" .git/perf &&
		ranks_and_leaves "is a symbolic link" || return 1
	done &&
	test -z "$(ls "$HOME/target")" &&
	test_path_is_missing "$HOME/nowhere" &&
	rm .git/perf
'

test_expect_success 'a folder that others can write to' '
	cd "$HOME/plants" &&
	for mode in 775 777 757 1777
	do
		mkdir .git/perf &&
		chmod $mode .git/perf &&
		ranks_and_leaves "can be written to by others" &&
		test -z "$(ls .git/perf)" &&
		rmdir .git/perf || return 1
	done
'

test_expect_success ROOT 'a folder of another user' '
	cd "$HOME/plants" &&
	mkdir .git/perf &&
	chown 65534 .git/perf &&
	ranks_and_leaves "belongs to another user" &&
	test -z "$(ls .git/perf)" &&
	rmdir .git/perf
'

test_expect_success 'a file or a FIFO in the place of the folder' '
	cd "$HOME/plants" &&
	: >.git/perf &&
	ranks_and_leaves "is no folder" &&
	test_must_be_empty .git/perf &&
	rm .git/perf &&
	mkfifo .git/perf &&
	ranks_and_leaves "is no folder" &&
	rm .git/perf
'

test_expect_success 'what is planted in the place of the file is not written through, nor waited for' '
	cd "$HOME/plants" &&
	mkdir .git/perf &&
	echo precious >"$HOME/precious" &&
	echo precious >expect &&
	ln -s "$HOME/precious" .git/perf/perfrank.json &&
	git perfrank --porcelain -p "$HOME/profile.csv" base..pop >out &&
	test_cmp expect "$HOME/precious" &&
	refused "no ranking to show a commit of" git perfrank show push &&
	rm .git/perf/perfrank.json &&
	mkfifo .git/perf/perfrank.json &&
	git perfrank --porcelain -p "$HOME/profile.csv" base..pop >out &&
	refused "no ranking to show a commit of" git perfrank show push &&
	rm .git/perf/perfrank.json &&
	ln -s "$HOME/precious" .git/perf/perfrank.json.0.tmp &&
	git perfrank --porcelain -p "$HOME/profile.csv" base..pop >out &&
	test_cmp expect "$HOME/precious" &&
	test_path_is_file .git/perf/perfrank.json &&
	git perfrank show push >out
'

test_done
