#!/bin/sh

test_description='git perfrank: the commits that touch are those of git log, in every kind of repository'

. "$(dirname "$0")/test-lib.sh"
. "$TEST_SOURCE/lib-perfrank.sh"

# touching [<options>] <range>: what git perfrank counts, by its lists.
touching() {
	git perfrank list -o - "$@" >list.out 2>list.err
	test $? -le 1 &&
	sed -n 's/^commit //p' list.out
}

# same_as_git <range>: for the paths in the file "paths", one a line.
same_as_git() {
	(
		echo function,samples,file_path &&
		sed "s/^/text,1,/" paths
	) >same.csv &&
	git --literal-pathspecs log --format=%H --full-history --no-merges "$1" -- $(cat paths) >log &&
	sort log >expect &&
	touching -p same.csv "$1" >ids &&
	sort ids >actual &&
	test_cmp expect actual
}

# of_git <range> <path>...
of_git() {
	of_git_range=$1
	shift
	test_write_lines "$@" >paths &&
	same_as_git "$of_git_range" &&
	test_line_count -gt 0 actual
}

# wild_history <arguments of random-history>: one in which every file holds the
# word "text", and no file could be another one under a new name.
wild_history() {
	"$TEST_SOURCE/helper/random-history" "$@" | perl -ne '
		if (/^M \d+ inline "(.*)"$/) {
			$path = $1;
		} elsif (defined $path) {
			next if /^data/;
			chomp(my $text = "$_ $path");
			printf "data %d\n%s\n", length $text, $text;
			undef $path;
			next;
		}
		print'
}

test_expect_success 'set up a wild history' '
	wild_history 5 200 >stream &&
	git init -q --bare history.git &&
	git -C history.git fast-import --quiet <stream &&
	git clone -q history.git wild 2>/dev/null
'

wild=$PWD/wild

test_expect_success 'in a wild history, for files and folders' '
	cd "$wild" &&
	git tag start "$(git rev-list --first-parent HEAD | tail -n 1)" &&
	git ls-tree -r --name-only HEAD | grep -v " " | grep -v "\"" >files &&
	of_git start..HEAD $(cat files) &&
	of_git start..HEAD $(head -n 1 files) &&
	of_git HEAD~20..HEAD $(git ls-tree -d --name-only HEAD)
'

test_expect_success 'the ranking counts them as well' '
	cd "$wild" &&
	of_git start..HEAD $(cat files) &&
	git perfrank -p same.csv start..HEAD >out 2>/dev/null &&
	n=$(wc -l <expect) &&
	test_grep ", $n change the " out
'

# everything <outputs>: all that is printed for the range, to compare.
everything() {
	git perfrank list -o - -p same.csv start..HEAD >"$1" 2>/dev/null &&
	git perfrank --json -n 0 --merges -p same.csv start..HEAD >>"$1" 2>/dev/null &&
	git perfrank --explain --merges --no-color -p same.csv start..HEAD >>"$1" 2>/dev/null &&
	git perfrank --format=prior -p same.csv start..HEAD >>"$1" 2>/dev/null
}

test_expect_success 'with a commit-graph, with its filters, and through the plumbing: the same bytes' '
	cd "$wild" &&
	everything ../plain &&
	test_env GIT_TEST_PERF_PLUMBING=1 everything ../plumbing &&
	test_cmp ../plain ../plumbing &&
	git commit-graph write --reachable 2>/dev/null &&
	everything ../graph &&
	test_cmp ../plain ../graph &&
	git commit-graph write --reachable --changed-paths 2>/dev/null &&
	everything ../filters &&
	test_cmp ../plain ../filters &&
	test_env GIT_TEST_PERF_PLUMBING=1 everything ../plumbing &&
	test_cmp ../plain ../plumbing &&
	test_config core.commitGraph false &&
	everything ../ignored &&
	test_cmp ../plain ../ignored
'

test_expect_success 'packed or loose: the same bytes' '
	cd "$wild" &&
	git repack -adfq &&
	everything ../packed &&
	test_cmp ../plain ../packed &&
	mv .git/objects/pack/*.pack ../loose.pack &&
	rm -f .git/objects/pack/* .git/objects/info/commit-graph &&
	git unpack-objects -q <../loose.pack &&
	everything ../loose &&
	test_cmp ../plain ../loose
'

cd "$HOME" || exit 1

test_expect_success 'replaced commits' '
	git clone -q history.git replaced 2>/dev/null &&
	cd replaced &&
	cp ../wild/files . &&
	git tag start "$(git rev-list --first-parent HEAD | tail -n 1)" &&
	of_git start..HEAD $(cat files) &&
	cp expect ../before &&
	git replace "$(git rev-parse HEAD~3)" "$(git rev-parse HEAD~12)" &&
	of_git start..HEAD $(cat files) &&
	! test_cmp expect ../before >/dev/null &&
	test_env GIT_TEST_PERF_PLUMBING=1 of_git start..HEAD $(cat files) &&
	test_env GIT_NO_REPLACE_OBJECTS=1 of_git start..HEAD $(cat files) &&
	test_cmp ../before expect
'

cd "$HOME" || exit 1

test_expect_success 'grafted parents' '
	git clone -q history.git grafted 2>/dev/null &&
	cd grafted &&
	git tag start "$(git rev-list --first-parent HEAD | tail -n 1)" &&
	git config advice.graftFileDeprecated false &&
	echo "$(git rev-parse HEAD~5) $(git rev-parse HEAD~9)" >.git/info/grafts &&
	of_git start..HEAD $(cat ../wild/files) &&
	test_env GIT_TEST_PERF_PLUMBING=1 of_git start..HEAD $(cat ../wild/files)
'

cd "$HOME" || exit 1

test_expect_success 'a shallow clone' '
	git clone -q --depth 15 "file://$PWD/history.git" shallow 2>/dev/null &&
	cd shallow &&
	git tag start "$(git rev-list --max-parents=0 --date-order HEAD | tail -n 1)" &&
	of_git start..HEAD $(cat ../wild/files) &&
	test_env GIT_TEST_PERF_PLUMBING=1 of_git start..HEAD $(cat ../wild/files)
'

cd "$HOME" || exit 1

test_lazy_prereq SHA256 'git init -q --object-format=sha256 probe-sha256'

test_expect_success SHA256 'a SHA-256 repository' '
	wild_history 6 120 sha256 >stream &&
	git init -q --bare --object-format=sha256 sha256.git &&
	cd sha256.git &&
	git fast-import --quiet <../stream &&
	git tag start "$(git rev-list --first-parent HEAD | tail -n 1)" &&
	git ls-tree -r --name-only HEAD | grep -v " " | grep -v "\"" >../files256 &&
	of_git start..HEAD $(cat ../files256) &&
	git perfrank --format=prior -p same.csv start..HEAD >prior 2>/dev/null &&
	test_grep "^[0-9a-f]\{64\} [0-9]" prior
'

cd "$HOME" || exit 1

test_expect_success 'set up a program' '
	new_program repo
'

repo=$PWD

test_expect_success 'merges that differ from every parent are listed with --merges, others are not' '
	cd "$repo" &&
	git checkout -q -b side1 base &&
	change list "side: walk" "list_walk=r->list += 2" &&
	git checkout -q main &&
	change push "ring: push" "ring_push=r->head += 2" &&
	test_tick &&
	git merge -q --no-ff -m "clean merge" side1 &&
	git tag clean &&
	git checkout -q -b side2 base &&
	change push2 "side: push again" "ring_push=r->head += 3" &&
	git checkout -q main &&
	test_tick &&
	test_must_fail git merge -q side2 >/dev/null &&
	write_program &&
	git add . &&
	git commit -q -m "evil merge" &&
	git tag evil &&
	git perfrank --merges base..main >out &&
	sed -n "/^Merges/,\$p" out >merges &&
	test_grep "^$(git rev-parse evil | cut -c 1-12)  evil merge  *src/ring.c" merges &&
	test_grep ! "clean merge" merges &&
	touching base..main >ids &&
	git rev-parse list push push2 | sort >expect &&
	sort ids >actual &&
	test_cmp expect actual &&
	git perfrank --merges base..push >out &&
	test_grep "^none" out
'

test_expect_success 'merges have a place in the prior' '
	cd "$repo" &&
	git perfrank --format=prior base..main >prior &&
	git rev-list --reverse --topo-order base..main >expect &&
	cut -d " " -f 1 prior >actual &&
	test_cmp expect actual
'

test_expect_success 'a folder of the profile stands for all below it' '
	cd "$repo" &&
	echo "function,samples,file_path
ring_push,1,src" >dir.csv &&
	git checkout -q -f clean &&
	change free "ring: free" "ring_free=r->dead = 2" "ring_push=r->head += 2" "list_walk=r->list += 2" &&
	change log "log: write" "log_write=r->log += 2" "ring_free=r->dead = 2" "ring_push=r->head += 2" \
		"list_walk=r->list += 2" &&
	git log --format=%H --full-history --no-merges base..log -- src | sort >expect &&
	touching -p dir.csv base..log >ids &&
	sort ids >actual &&
	test_cmp expect actual &&
	test_line_count = 3 actual
'

test_expect_success 'a file is followed through its renames' '
	cd "$repo" &&
	git checkout -q -f base &&
	change before "ring: before it moved" "ring_push=r->head += 7" &&
	git mv src/ring.c src/queue.c &&
	test_tick &&
	git commit -q -m "move it" &&
	git tag moved &&
	git mv src/queue.c lib/queue.c &&
	sed "s/head += 7/head += 8/" lib/queue.c >new &&
	mv new lib/queue.c &&
	git add . &&
	test_tick &&
	git commit -q -m "move it again and change it" &&
	git tag again &&
	sed "s/,src.ring.c/,lib\\/queue.c/" .git/perf/kernel_func.csv >moved.csv &&
	git rev-parse again moved before >expect &&
	touching -p moved.csv base..again >actual &&
	test_cmp expect actual &&
	git perfrank -p moved.csv base..again >out &&
	test_grep "ring: before it moved  *ring_push 60%" out &&
	test_grep "move it again and change it  *ring_push 60%" out &&
	test_grep "move it *\$" out
'

test_expect_success 'a file that two branches rename is followed once' '
	cd "$repo" &&
	git checkout -q -f before &&
	git mv src/ring.c lib/queue.c &&
	test_tick &&
	git commit -q -m "the same on a branch" &&
	git tag branch &&
	git checkout -q again &&
	test_tick &&
	git merge -q -s ours -m "both" branch &&
	git tag both &&
	git rev-parse again moved before branch | sort >expect &&
	touching -p moved.csv base..both >ids &&
	sort ids >actual &&
	test_cmp expect actual
'

test_expect_success 'a name that went to and fro comes to an end' '
	cd "$repo" &&
	git checkout -q -f base &&
	for i in 1 2 3
	do
		git mv src/ring.c src/queue.c &&
		test_tick &&
		git commit -q -m "to $i" &&
		git mv src/queue.c src/ring.c &&
		test_tick &&
		git commit -q -m "fro $i" || return 1
	done &&
	git tag fro &&
	git rev-list base..fro >expect &&
	touching base..fro >actual &&
	test_cmp expect actual
'

test_expect_success 'over many commits a commit-graph is advised, and never written' '
	cd "$HOME" &&
	git init -q --bare many.git &&
	perl -e "
		for my \$i (1 .. 10001) {
			print qq(commit refs/heads/main\ncommitter C <c\@example.com> \$i +0000\ndata 0\n);
			print qq(M 100644 inline list.c\ndata 5\ntext\n\n) if \$i % 5000 == 1;
		}
	" | git -C many.git fast-import --quiet &&
	git -C many.git tag first "$(git -C many.git rev-list --max-parents=0 main)" &&
	printf "function,samples,file_path\ntext,1,list.c\n" >list.csv &&
	echo "text 2" | git -C many.git hash-object -w --stdin >blob &&
	cd many.git &&
	git read-tree main &&
	git update-index --cacheinfo "100644,$(cat ../blob),list.c" &&
	git update-ref refs/heads/main "$(git commit-tree -p main -m text "$(git write-tree)")" &&
	git perfrank -p ../list.csv first..main >out 2>err &&
	test_grep "^hint: git commit-graph write --reachable --changed-paths" err &&
	test_path_is_missing objects/info/commit-graph &&
	test_path_is_missing objects/info/commit-graphs &&
	git -c advice.perfCommitGraph=false perfrank -p ../list.csv first..main >out 2>err &&
	test_must_be_empty err &&
	git perfrank -p ../list.csv main~9000..main >out 2>err &&
	test_must_be_empty err &&
	git commit-graph write --reachable --changed-paths 2>/dev/null &&
	git perfrank -p ../list.csv first..main >out 2>err &&
	test_must_be_empty err
'

test_done
