#!/bin/sh

test_description='the path walk over commit-graphs of every kind'

. "$(dirname "$0")/test-lib.sh"

test_touch=$HELPER_PATH/test-touch
oracle=$TEST_SOURCE/helper/touch-oracle

# same_as_git <repository>: the walk finds what git finds; its figures are in
# "stats".
same_as_git() {
	git --git-dir "$1" rev-parse --git-dir >/dev/null &&
	(
		cd "$1" &&
		"$oracle" base..main <../paths >expect &&
		"$test_touch" --stats --long base..main <../paths 2>../stats >out &&
		sort out >actual &&
		test_cmp expect actual
	)
}

# stat_is <name> <operator> <number>
stat_is() {
	figure=$(sed -n "s/^.*\b$1 \([0-9]*\).*$/\1/p" stats) &&
	if ! test "$figure" "$2" "$3"
	then
		echo >&4 "$1 is $figure, not $2 $3"
		return 1
	fi
}

# A repository of its own for each test: cloned <name>.
cloned() {
	git clone -q --bare --no-local history.git "$1" &&
	rm -rf "$1"/objects/info/commit-graph*
}

graph_write() {
	dir=$1
	shift
	git -C "$dir" commit-graph write --reachable "$@"
}

test_expect_success 'set up' '
	git init -q --bare history.git &&
	"$TEST_SOURCE/helper/random-history" 7 160 >stream &&
	git -C history.git fast-import --quiet <stream &&
	git -C history.git tag base main~20 &&
	git -C history.git rev-list base..main >commits &&
	test_line_count -gt 50 commits &&
	test_write_lines a b.c d/e d.c d/g d/g/h k/l/ "$(printf "u\303\251/\303\274.c")" q/r "x y" >paths
'

test_expect_success 'without a graph, trees come from the commits' '
	cloned none.git &&
	same_as_git none.git &&
	stat_is filters = 0 &&
	stat_is commits-read -ge "$(wc -l <commits)"
'

test_expect_success 'a graph spares reading commits' '
	cloned plain.git &&
	graph_write plain.git &&
	same_as_git plain.git &&
	stat_is filters = 0 &&
	stat_is commits-read = 0
'

test_expect_success 'filters spare looking into most commits' '
	cloned filters.git &&
	graph_write filters.git --changed-paths &&
	same_as_git filters.git &&
	stat_is filters = "$(wc -l <commits)" &&
	stat_is skipped -gt 10 &&
	stat_is commits-read = 0
'

test_expect_success 'a path that nothing changes is decided by filters alone' '
	(
		cd filters.git &&
		echo none/such/path | "$test_touch" --stats base..main 2>../stats >actual &&
		test_must_be_empty actual
	) &&
	stat_is trees-read -le 4
'

test_expect_success 'commits that filters exclude need no tree, not even as parents' '
	git init -q sparse &&
	(
		cd sparse &&
		test_commit --no-tag zero hot/f &&
		git tag base &&
		for i in 1 2 3
		do
			test_commit --no-tag cold-$i cold/f &&
			test_commit --no-tag hot-$i hot/f || return 1
		done &&
		git commit-graph write --reachable --changed-paths &&
		echo hot/f | "$test_touch" --stats base..HEAD >../actual 2>../stats
	) &&
	test_line_count = 3 actual &&
	stat_is skipped = 3 &&
	# The root and hot/, of the base and of three commits.
	stat_is trees-read = 8
'

test_expect_success 'commits newer than the graph are read' '
	cloned stale.git &&
	git -C stale.git rev-parse main~15 >old &&
	git -C stale.git commit-graph write --stdin-commits --changed-paths <old &&
	same_as_git stale.git &&
	stat_is filters -gt 0 &&
	stat_is commits-read -gt 0
'

test_expect_success 'chains are read, with filters and without' '
	cloned chain.git &&
	git -C chain.git rev-parse main~18 >first &&
	git -C chain.git rev-parse main~9 >second &&
	git -C chain.git commit-graph write --split=no-merge --stdin-commits --changed-paths <first &&
	git -C chain.git commit-graph write --split=no-merge --stdin-commits --no-changed-paths <second &&
	graph_write chain.git --split=no-merge --changed-paths &&
	test_line_count = 3 chain.git/objects/info/commit-graphs/commit-graph-chain &&
	same_as_git chain.git &&
	stat_is commits-read = 0 &&
	stat_is filters -gt 0 &&
	stat_is filters -lt "$(wc -l <commits)"
'

test_expect_success 'another number of hashes and of bits is as good' '
	cloned settings.git &&
	test_env GIT_TEST_BLOOM_SETTINGS_NUM_HASHES=3 GIT_TEST_BLOOM_SETTINGS_BITS_PER_ENTRY=5 \
		git -C settings.git commit-graph write --reachable --changed-paths &&
	same_as_git settings.git &&
	stat_is skipped -gt 10
'

test_expect_success 'commits with too many changes for a filter are looked into' '
	cloned large.git &&
	test_env GIT_TEST_BLOOM_SETTINGS_MAX_CHANGED_PATHS=3 \
		git -C large.git commit-graph write --reachable --changed-paths &&
	same_as_git large.git &&
	stat_is filters = "$(wc -l <commits)"
'

test_expect_success 'the graph of an alternate is used' '
	cloned lender.git &&
	graph_write lender.git --changed-paths &&
	git clone -q --bare --shared lender.git borrower.git &&
	test_path_is_missing borrower.git/objects/info/commit-graph &&
	same_as_git borrower.git &&
	stat_is commits-read = 0 &&
	stat_is skipped -gt 10
'

test_expect_success 'a damaged graph is ignored' '
	cloned damaged.git &&
	graph_write damaged.git --changed-paths &&
	graph=damaged.git/objects/info/commit-graph &&
	chmod u+w $graph &&
	dd if=$graph of=cut bs=1024 count=3 2>/dev/null &&
	cat cut >$graph &&
	rm -f damaged.git/stats &&
	(
		cd damaged.git &&
		git -c core.commitGraph=false rev-list base..main >/dev/null &&
		test_env GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=core.commitGraph GIT_CONFIG_VALUE_0=false \
			"$oracle" base..main <../paths >expect &&
		test_env GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=core.commitGraph GIT_CONFIG_VALUE_0=false \
			"$test_touch" --stats --long base..main <../paths 2>../stats >out &&
		sort out >actual &&
		test_cmp expect actual
	) &&
	stat_is filters = 0 &&
	stat_is commits-read -gt 0
'

test_expect_success 'where commits are replaced, the graph is not used' '
	cloned replaced.git &&
	graph_write replaced.git --changed-paths &&
	git -C replaced.git replace "$(git -C replaced.git rev-parse main~3)" "$(git -C replaced.git rev-parse main~12)" &&
	same_as_git replaced.git &&
	stat_is filters = 0
'

test_expect_success 'where parents are grafted, the graph is not used' '
	cloned grafted.git &&
	graph_write grafted.git --changed-paths &&
	mkdir -p grafted.git/info &&
	git -C grafted.git rev-parse main~5 main~9 >pair &&
	echo $(cat pair) >grafted.git/info/grafts &&
	git -C grafted.git config advice.graftFileDeprecated false &&
	same_as_git grafted.git &&
	stat_is filters = 0
'

test_expect_success 'in a shallow clone the boundary is compared with nothing, without a graph' '
	cloned whole.git &&
	graph_write whole.git --changed-paths &&
	git clone -q --bare --depth 12 "file://$PWD/history.git" shallow.git 2>/dev/null &&
	cp whole.git/objects/info/commit-graph shallow.git/objects/info/ &&
	git -C shallow.git rev-list --max-parents=0 --date-order main >boundary &&
	test_line_count -gt 1 boundary &&
	git -C shallow.git tag -f base "$(tail -n 1 boundary)" &&
	same_as_git shallow.git &&
	stat_is filters = 0
'

test_expect_success 'SHA-256 repositories and their graphs are read' '
	git init -q --bare --object-format=sha256 sha256.git &&
	"$TEST_SOURCE/helper/random-history" 8 100 sha256 >stream &&
	git -C sha256.git fast-import --quiet <stream &&
	git -C sha256.git tag base main~15 &&
	same_as_git sha256.git &&
	stat_is filters = 0 &&
	graph_write sha256.git --changed-paths &&
	same_as_git sha256.git &&
	stat_is commits-read = 0 &&
	stat_is skipped -gt 5
'

for seed in 1 2 3
do
	test_expect_success "wild history $seed: each commit, each path, as git has it" '
		git init -q --bare wild-$seed.git &&
		"$TEST_SOURCE/helper/random-history" $seed 250 >stream &&
		git -C wild-$seed.git fast-import --quiet <stream &&
		(
			cd wild-$seed.git &&
			base=$(git rev-list --reverse main | sed -n 5p) &&
			test_write_lines a b.c d/e d/f d d/ d.c d/g/h d/g/i d/g d/g/ k/l/m/n k/l/o k k/ p q/r q-r \
				q.r q k/l/m "$(printf "u\303\251/\303\274.c")" "x y" nowhere a/b >paths &&
			"$oracle" $base..main <paths >expect &&
			test_line_count -gt 300 expect &&
			"$test_touch" --no-graph --long $base..main <paths >out &&
			sort out >actual &&
			test_cmp expect actual &&
			git commit-graph write --reachable --changed-paths &&
			"$test_touch" --long $base..main <paths >filtered &&
			test_cmp out filtered
		)
	'
done

test_done
