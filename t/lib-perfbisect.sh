# Small repositories for the tests of git perfbisect, whose commits have known
# levels. To be sourced after test-lib.sh.
#
# shellcheck shell=sh disable=SC2154

. "$TEST_SOURCE/lib-session.sh"

# new_series <dir> <n> <culprit> [<good level> [<bad level>]]: a repository of the commits
# c1 to c<n>, tagged so. The file "level" holds what they measure; from c<culprit> on
# it is the bad level. "number" changes with every commit. Changes directory.
new_series() {
	git init -q "$1" &&
	cd "$1" &&
	awk -v n="$2" -v culprit="$3" -v good="${4:-100}" -v bad="${5:-110}" '
	function file(name, text) {
		printf "M 644 inline %s\ndata %d\n%s\n", name, length(text) + 1, text
		print ""
	}
	BEGIN {
		for (i = 1; i <= n; i++) {
			printf "commit refs/heads/main\nmark :%d\n", i
			printf "committer C O Mitter <committer@example.com> %d +0000\n", 1112911993 + 60 * i
			message = i == culprit ? "change number " i ", quietly" : "change number " i
			printf "data %d\n%s\n", length(message) + 1, message
			print ""
			file("level", i < culprit ? good : bad)
			file("number", i)
			printf "reset refs/tags/c%d\nfrom :%d\n\n", i, i
		}
		print "done"
	}' | git fast-import --done --quiet &&
	git reset -q --hard main &&
	write_script .git/measure <<-\EOS
	# Prints the level of the commit; leaves a line for each run.
	echo "$PERF_COMMIT" >>"${PERF_TEST_RUNS:-/dev/null}"
	echo "time $(cat level) s"
	EOS
}

# Starts a session between c1 and the newest commit, with the benchmark above; more
# options may be given.
start_series() {
	git perfbisect start --metric="^time ([0-9.]+)" --unit=s "$@" main c1 -- "$PWD/.git/measure"
}

# The state of the user's work tree, byte for byte: HEAD, index and files.
snapshot() {
	cat .git/HEAD &&
	git ls-files -s --debug | sed "/^  [cm]time/d; /^  dev/d; /^  uid/d" &&
	find . -path ./.git -prune -o -type f -print0 | sort -z | xargs -0 cksum
}

# Short sessions: one run a boot, no warm-up.
quick_series() {
	start_series --warmups=0 --repeats=1 --strategy=sequential "$@"
}

# first_bad <revision> <file>: that is what git said in the file.
first_bad() {
	test_grep "^$(git rev-parse "$1") is the first bad commit\$" "$2"
}
