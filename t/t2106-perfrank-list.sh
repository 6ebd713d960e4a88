#!/bin/sh

test_description='git perfrank list: one file for each pair of tags'

. "$(dirname "$0")/test-lib.sh"
. "$TEST_SOURCE/lib-perfrank.sh"

test_expect_success 'set up' '
	new_program repo &&
	git tag v1.0 &&
	cat >message <<-\EOF &&
	ring: push twice
	as fast

	This is why.
	  Indented.


	Fixes: 0123456789ab ("something")
	Reported-by: A Reporter <reporter@example.com>
	Cc: stable@example.com
	Link: https://example.com/1
	Signed-off-by: A U Thor <author@example.com>
	EOF
	ring_push_more="r = 1" write_program &&
	git add src lib include &&
	test_tick &&
	git commit -q -F message &&
	git tag v1.1 &&
	change quiet "other: not hot" "ring_push_more=r = 1" "other_thing_more=r = 2" &&
	change pop "ring: pop" "ring_push_more=r = 1" "other_thing_more=r = 2" "ring_pop_more=r = 3" &&
	change list "list: walk" "ring_push_more=r = 1" "other_thing_more=r = 2" "ring_pop_more=r = 3" \
		"list_walk_more=r = 4" &&
	git tag v1.2
'

test_expect_success 'the lists lie beside the profile, one for each pair of tags' '
	git perfrank list v1.0..v1.2 >out &&
	cat >expect <<-EOF &&
	$PWD/.git/perf/git_log_v1.0_v1.1.txt: 1 of 1 commits
	$PWD/.git/perf/git_log_v1.1_v1.2.txt: 2 of 3 commits
	EOF
	test_cmp expect out &&
	sed -n "s/^commit //p" .git/perf/git_log_v1.1_v1.2.txt >actual &&
	git rev-parse list pop >expect &&
	test_cmp expect actual
'

test_expect_success 'a list has id, date, author, subject, hot functions, and the message without trailers' '
	cat >expect <<-EOF &&
	commit $(git rev-parse v1.1)
	Date: $(git log -1 --format=%ai v1.1)
	Author: A U Thor
	Subject: ring: push twice as fast
	Hot functions: ring_push 60%

	    This is why.
	      Indented.

	    Fixes: 0123456789ab ("something")

	EOF
	test_cmp expect .git/perf/git_log_v1.0_v1.1.txt
'

test_expect_success 'a profile elsewhere: its folder' '
	mkdir elsewhere &&
	write_profile >elsewhere/p.csv &&
	git perfrank list -p elsewhere/p.csv v1.1..v1.2 >out &&
	test_cmp .git/perf/git_log_v1.1_v1.2.txt elsewhere/git_log_v1.1_v1.2.txt &&
	(cd elsewhere && rm git_log* && git perfrank list -p p.csv v1.1..v1.2 >out) &&
	test_cmp .git/perf/git_log_v1.1_v1.2.txt elsewhere/git_log_v1.1_v1.2.txt
'

test_expect_success '-o <dir>, perfrank.output, and - for the standard output' '
	mkdir there "with blank" &&
	git perfrank list -o there v1.0..v1.2 >out &&
	test_cmp .git/perf/git_log_v1.0_v1.1.txt there/git_log_v1.0_v1.1.txt &&
	test_cmp .git/perf/git_log_v1.1_v1.2.txt there/git_log_v1.1_v1.2.txt &&
	git -c perfrank.output="with blank" perfrank list v1.0..v1.1 >out &&
	test_cmp .git/perf/git_log_v1.0_v1.1.txt "with blank/git_log_v1.0_v1.1.txt" &&
	git -c perfrank.output=there perfrank list --no-output -p elsewhere/p.csv v1.0..v1.1 >out &&
	test_cmp .git/perf/git_log_v1.0_v1.1.txt elsewhere/git_log_v1.0_v1.1.txt &&
	git perfrank list -o - v1.0..v1.2 >out &&
	cat .git/perf/git_log_v1.0_v1.1.txt .git/perf/git_log_v1.1_v1.2.txt >expect &&
	test_cmp expect out
'

test_expect_success 'a folder that is not there is named' '
	refused "nowhere" git perfrank list -o nowhere v1.0..v1.2 &&
	test_path_is_missing nowhere &&
	: >file &&
	refused "file" git perfrank list -o file v1.0..v1.2
'

test_expect_success 'a profile from a pipe needs to be told where the lists go' '
	write_profile >p.csv &&
	refused "standard input.*--output" git perfrank list -p - v1.0..v1.2 <p.csv &&
	git perfrank list -p - -o - v1.0..v1.1 <p.csv >out &&
	test_cmp .git/perf/git_log_v1.0_v1.1.txt out
'

test_expect_success 'slashes of tags are none of file names' '
	git tag release/v1.0 v1.0 &&
	git tag release/v1.1 v1.1 &&
	git perfrank list -o there release/v1.0..release/v1.1 >out &&
	test_cmp .git/perf/git_log_v1.0_v1.1.txt there/git_log_release_v1.0_release_v1.1.txt
'

test_expect_success 'names that begin with a dash or climb stay in the folder' '
	git update-ref refs/tags/-v1.0 v1.0 &&
	git update-ref refs/heads/-o v1.1 &&
	git perfrank list -o there -- -v1.0..v1.1 >out &&
	test_path_is_file there/git_log_-v1.0_v1.1.txt &&
	git perfrank list -o there "v1.0^{commit}..:/ring: push" >out &&
	test_path_is_file "there/git_log_v1.0^{commit}_:_ring: push.txt" &&
	ls | sort >after &&
	test_grep ! "git_log" after
'

test_expect_success 'nothing matches: 1, and no list' '
	printf "function,samples,file_path\nf,1,no.c\n" >no.csv &&
	test_expect_code 1 git perfrank list -p no.csv v1.0..v1.2 >out 2>err &&
	test_grep "none of the paths of no.csv is in the tree of v1.2" err &&
	test_path_is_missing git_log_v1.0_v1.1.txt
'

# interrupt <signal> <command>...: runs it with a profile on stdin that does
# not end, and sends the signal once it reads.
interrupt() {
	signal=$1
	shift
	rm -f fifo &&
	mkfifo fifo || return 1
	"$@" <fifo >out 2>err &
	pid=$!
	exec 7>fifo
	write_profile >&7
	kill -$signal $pid
	exec 7>&-
	wait $pid
	status=$?
}

test_expect_success 'interrupted while it reads: the signal, and old lists as they were' '
	git perfrank list -o there v1.0..v1.2 >out &&
	cp there/git_log_v1.0_v1.1.txt old &&
	interrupt TERM "$PERF_BUILD/bin/git-perfrank" list -p - -o there v1.0..v1.2 &&
	test $status = 143 &&
	test_cmp old there/git_log_v1.0_v1.1.txt
'

# interrupt_writing <dir> <command>...: sends the signal once something appears
# in the folder, and tries again when the command was faster.
interrupt_writing() {
	folder=$1
	shift
	for try in 1 2 3 4 5 6 7 8 9 10
	do
		rm -f "$folder"/*
		"$@" >out 2>err &
		pid=$!
		while kill -0 $pid 2>/dev/null && test -z "$(ls -A "$folder")"
		do
			:
		done
		kill -TERM $pid 2>/dev/null
		wait $pid
		status=$?
		test $status != 143 || break
	done
}

test_expect_success 'interrupted while it writes: no half a list, no temporary file' '
	perl -e "
		print qq(reset refs/heads/long\nfrom refs/tags/v1.2^0\n\n);
		my \$body = qq(line of the message\n) x 400;
		for my \$i (1 .. 3000) {
			my \$text = qq(int list_walk(int r)\n{\n\treturn \$i;\n}\n);
			my \$message = qq(list: step \$i\n\n\$body);
			printf qq(commit refs/heads/long\ncommitter C <c\@example.com> %d +0000\n), 1700000000 + \$i;
			printf qq(data %d\n%s\n), length \$message, \$message;
			printf qq(M 100644 inline src/list.c\ndata %d\n%s\n), length \$text, \$text;
		}
	" >stream &&
	git fast-import --quiet <stream &&
	mkdir slow &&
	interrupt_writing slow "$PERF_BUILD/bin/git-perfrank" list -o slow v1.2..long &&
	test $status = 143 &&
	ls -A slow >left &&
	test_must_be_empty left
'

test_expect_success 'a full disk leaves no list' '
	if test -c /dev/full
	then
		test_expect_code 128 git perfrank list -o - v1.0..v1.2 >/dev/full 2>err &&
		test_grep "^fatal: " err
	fi
'

test_expect_success 'git perfrank list does not become the last query of show' '
	rm -f .git/perf/perfrank.json &&
	git perfrank list -o - v1.0..v1.1 >out &&
	test_path_is_missing .git/perf/perfrank.json
'

test_done
