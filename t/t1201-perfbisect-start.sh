#!/bin/sh

test_description='git perfbisect start: what it refuses, what it writes, and that it leaves the user alone'

. "$(dirname "$0")/test-lib.sh"
. "$TEST_SOURCE/lib-perfbisect.sh"

# A series that no other test has seen.
fresh() {
	rm -rf series &&
	cp -R template series
}

# refused_start <pattern> <arguments>...: nothing is begun, and nothing is left.
refused_start() {
	(
		pattern=$1 &&
		shift &&
		cd series &&
		refused "$pattern" git perfbisect start "$@"
	)
}

unchanged() {
	(
		cd series &&
		snapshot >../after &&
		test_cmp ../before ../after &&
		test_path_is_missing .git/BISECT_START &&
		test_path_is_missing .git/perf &&
		test "$(git for-each-ref refs/perf refs/bisect)" = "" &&
		refused "no bisection is going on here" git perfbisect status
	)
}

test_expect_success 'set up' '
	(
		new_series template 8 5 &&
		git checkout -q -b side c2 &&
		test_commit aside &&
		git checkout -q main &&
		echo "$(git rev-parse c5) 1" >../prior-good &&
		printf "%s 1\n%s much\n" "$(git rev-parse c5)" "$(git rev-parse c6)" >../prior &&
		echo "$(git rev-parse aside) 1" >../prior-other
	) &&
	fresh &&
	(cd series && snapshot) >before &&
	printf "[perfsut \"m\"]\n\tmethod = carrier-pigeon\n" >pigeon &&
	printf "[perfbench \"b\"]\n\tcommand = true\n\tmetric = y lower s wall\n" >metric
'

test_expect_success 'ends that cannot be bisected' '
	refused_start "no commit of c1..main changes .nosuch.\$" --paths=nosuch main c1 -- true &&
	refused_start "the bad end: .*nowhere" nowhere c1 -- true &&
	refused_start "the good end: .*nowhere" main nowhere -- true &&
	refused_start "the bad end: .*main:level" main:level c1 -- true &&
	refused_start "are the same commit; nothing lies between them" c3 c3 -- true &&
	refused_start ".c8. is newer than .c2.: .* swap them, or give --find-fix" c2 c8 -- true &&
	base=$(git -C series rev-parse c2) &&
	refused_start ".side. is not an ancestor of .main.; their histories meet in $base: " main side -- true &&
	refused_start "the bad end is given twice" --bad=c5 c4 c1 -- true &&
	refused_start "the good end is given twice" --good=c1 c4 c1 -- true &&
	unchanged
'

test_expect_success 'ends without a common history' '
	git -C series tag alone "$(git -C series commit-tree -m alone "c1^{tree}")" &&
	test_when_finished "git -C series tag -d alone" &&
	refused_start ".alone. and .main. have no common history" main alone -- true &&
	unchanged
'

test_expect_success 'no benchmark, or two' '
	refused_start "no benchmark: give its command after --, or --benchmark <name>" main c1 &&
	refused_start "no benchmark: give its command after --" main c1 -- &&
	refused_start "there is no benchmark .x.\|the benchmark x has no command\|perfbench.x.command" \
		--benchmark=x main c1 &&
	refused_start "the benchmark.s command is given twice" --run=true main c1 -- true &&
	unchanged
'

test_expect_success 'a machine that is none, or is not there' '
	refused_start "perfsut.m.method: .*carrier-pigeon" --from=../pigeon main c1 -- true &&
	refused_start "cannot connect to 127.0.0.1: .*Connection refused" --host=127.0.0.1 --port=1 main c1 -- true &&
	refused_start "--on and --sut name different machines" --on=a --sut=b main c1 -- true &&
	unchanged
'

test_expect_success '--on <user>@<host> is reached by ssh, as that user' '
	fresh &&
	mkdir -p fake &&
	write_script fake/ssh <<-EOF &&
	echo "\$*" >>"$HOME/ssh-calls"
	exit 255
	EOF
	(
		cd series &&
		for machine in root@altra.lab root@10.0.0.7 altra.lab root@fe80::1
		do
			rm -f ../ssh-calls &&
			PATH=$HOME/fake:$PATH refused "$machine: cannot connect to ${machine#*@}" \
				git perfbisect start --on "$machine" main c1 -- true &&
			case $machine in
			*@*)
				test_grep -e "-l root " ../ssh-calls || return 1
				;;
			*)
				test_grep ! -e "-l " ../ssh-calls || return 1
				;;
			esac &&
			test_grep -e "-- ${machine#*@}\$" ../ssh-calls || return 1
		done &&
		git perfbisect start --no-check --on root@altra1 --on root@altra2 main c1 -- true >../out &&
		test_grep "^Machines:  root@altra1, root@altra2\$" ../out &&
		test "$(git config -f .git/perf/bisect/context perfsut.root@altra2.host)" = altra2 &&
		test "$(git config -f .git/perf/bisect/context perfsut.root@altra2.user)" = root &&
		git perfbisect status >../out &&
		git perfbisect reset &&
		refused "perfsut.@altra.user: a value is wanted" git perfbisect start --on @altra main c1 -- true
	) &&
	fresh
'

test_expect_success 'what was there before is still there after a refusal' '
	fresh &&
	(
		cd series &&
		mkdir -m 700 -p .git/perf/bisect/log &&
		echo kept >.git/perf/bisect/log/mine &&
		refused "cannot connect to 127.0.0.1" git perfbisect start --host=127.0.0.1 --port=1 main c1 -- true &&
		echo kept >../expect &&
		test_cmp ../expect .git/perf/bisect/log/mine
	) &&
	fresh
'

test_expect_success 'each option says which value it does not take' '
	while read -r key option
	do
		refused_start "$key" "$option" main c1 -- true || return 1
	done <<-\EOS &&
	strategy --strategy=guess
	confidence --confidence=0.2
	confidence --confidence=101%
	budget --budget=soon
	budget --budget=-1
	minEffect --min-effect=-1
	minEffect --min-effect=x
	better --better=worse
	warmups --warmups=-1
	warmups --warmups=two
	repeats --repeats=0
	sessions --sessions=0
	timeout --timeout=soon
	metric --metric=(
	port --port=none
	output --output=../elsewhere
	nowhere --prior=nowhere
	nowhere --from=nowhere
	nowhere/file --context=nowhere/file
	EOS
	unchanged
'

test_expect_success 'options that do not go together, and files that are none' '
	refused_start "exclude each other" --metric=x --csv-column=y main c1 -- true &&
	refused_start "unit belongs to --metric" --unit=s main c1 -- true &&
	refused_start "no metric of the benchmark .* is called .x." --from=../metric --resultclass=x main c1 &&
	refused_start "term" --term-good=same --term-bad=same main c1 -- true &&
	refused_start "term" --term-good=start main c1 -- true &&
	refused_start "term" --term-bad=skip main c1 -- true &&
	refused_start "prior:2: .* is no weight" --prior=../prior main c1 -- true &&
	refused_start "speaks of no commit between" --prior=../prior-other main c1 -- true &&
	unchanged
'

test_expect_success 'an operation of the users own is in progress' '
	fresh &&
	(
		cd series &&
		git bisect start -q main c1 >/dev/null &&
		refused "a git bisect of your own is going on here; .* git bisect reset" \
			git perfbisect start main c1 -- true &&
		git bisect log >log &&
		test_grep "^git bisect start" log &&
		git bisect reset
	) &&
	for operation in merge cherry-pick revert rebase
	do
		(
			cd series &&
			case $operation in
			merge)
				git checkout -q -b conflict c2 &&
				echo other >level && git commit -q -a -m other &&
				git merge main
				;;
			cherry-pick)
				git cherry-pick c5
				;;
			revert)
				git checkout -q main && git revert c5 --no-edit &&
				git revert c5
				;;
			rebase)
				git checkout -q conflict && git rebase main
				;;
			esac >/dev/null 2>&1
			refused "a $operation is going on here; .*git $operation --abort" \
				git perfbisect start main c1 -- true &&
			git $operation --abort &&
			git reset -q --hard
		) || return 1
	done &&
	git -C series checkout -q main &&
	git -C series reset -q --hard c8
'

test_expect_success 'HEAD, index and files stay as they are, dirty or not' '
	fresh &&
	(
		cd series &&
		echo dirty >>number &&
		echo staged >staged && git add staged && git rm -q --cached level &&
		echo untracked >"with blank" &&
		snapshot >../before &&
		start_series --strategy=sequential --warmups=0 --repeats=1 >../out &&
		snapshot >../after && test_cmp ../before ../after &&
		git perfbisect run >../out &&
		test_grep "^$(git rev-parse c5) is the first bad commit" ../out &&
		snapshot >../after && test_cmp ../before ../after &&
		git status >../out && test_grep "bisecting" ../out &&
		git perfbisect reset &&
		snapshot >../after && test_cmp ../before ../after &&
		test "$(git worktree list | wc -l)" = 1 &&
		test "$(git for-each-ref refs/perf refs/bisect)" = "" &&
		git reset -q --hard && rm "with blank"
	)
'

test_expect_success 'a session that is there already stays, and the answer names both ways on' '
	fresh &&
	(
		cd series &&
		start_series &&
		cp .git/perf/bisect/context context &&
		refused "a bisection is going on here already; git perfbisect run .*, git perfbisect reset" \
			git perfbisect start main c2 -- false &&
		test_cmp context .git/perf/bisect/context &&
		git perfbisect reset
	)
'

test_expect_success 'what start says is what will happen' '
	fresh &&
	(
		cd series &&
		git perfbisect start --strategy=sequential --build="make x" c2 c1 -- ./bench "a b" >actual &&
		cat >expect <<-EOS &&
		1 commit between c1 and c2: only the ends are measured.
		Build:     make x
		Benchmark: ./bench '\''a b'\''
		Machine:   local
		Context:   $PWD/.git/perf/bisect/context

		Next: git perfbisect run
		EOS
		test_cmp expect actual &&
		git perfbisect reset
	)
'

test_expect_success '--context writes what --from begins with again' '
	fresh &&
	(
		cd series &&
		git perfbisect start --strategy=adaptive --build="make \"a b\"; echo #" --output=x --repeats=7 \
			--metric="^a;b\\s\"(\\d+)\"" --unit=ms --better=higher --budget=8h --paths=level \
			--first-parent --find-fix --term-good=fast --term-bad=slow --context=../first c8 c1 -- ./b "x;y" &&
		cmp ../first .git/perf/bisect/context &&
		git perfbisect reset &&
		git perfbisect start --from=../first --context=../second &&
		test_cmp ../first ../second &&
		git perfbisect reset &&
		git perfbisect start --from=../first --repeats=8 --context=../third c7 &&
		git config -f ../third perfbench.b.repeats >actual &&
		git config -f ../third perfbisect.bad >>actual &&
		git config -f ../third perfbuild.command >>actual &&
		printf "%s\n" 8 c7 "make \"a b\"; echo #" >expect &&
		test_cmp expect actual &&
		git perfbisect reset
	)
'

test_expect_success 'a command that a comment cuts short is refused, with its line' '
	cat >cut <<-\EOS &&
	[perfbisect]
		good = c1
		bad = c8
	[perfbench "x"]
		command = ./x; ./y
	EOS
	refused_start "cut:5: " --from=../cut &&
	fresh &&
	(
		cd series &&
		start_series &&
		printf "[perfbuild]\n\tcommand = make; make\n" >>.git/perf/bisect/context &&
		lines=$(wc -l <.git/perf/bisect/context) &&
		refused "context:$lines: " git perfbisect run &&
		git perfbisect reset
	)
'

test_expect_success 'ends may come later, in any order, by their terms' '
	fresh &&
	(
		cd series &&
		git perfbisect start --strategy=sequential --warmups=0 --repeats=1 -- "$PWD/.git/measure" >../out &&
		test_grep "^Waiting: the bad end is not known yet; git perfbisect bad <rev>" ../out &&
		git perfbisect status >../out && test_grep "^Waiting: the bad end" ../out &&
		refused "the bad end is not known yet; git perfbisect bad <rev>" git perfbisect run &&
		refused "both ends have to be known" git perfbisect skip c3 &&
		refused "the good end: unknown revision .nowhere." git perfbisect good nowhere &&
		git perfbisect good c1 >../out && test_grep "^Waiting: the bad end" ../out &&
		refused "are the same commit" git perfbisect bad c1 &&
		git perfbisect bad c8 >../out && test_grep "^Both ends are known" ../out &&
		git perfbisect run >../out &&
		test_grep "^$(git rev-parse c5) is the first bad commit" ../out &&
		git perfbisect reset &&
		git perfbisect start --term-good=fast --term-bad=slow main -- true >../out &&
		test_grep "^Waiting: the fast end is not known yet; git perfbisect good <rev>" ../out &&
		git perfbisect good c1 &&
		git bisect log >log &&
		test_grep "term-good=fast" log &&
		git perfbisect reset
	)
'

test_expect_success 'the terms are what git bisect says' '
	fresh &&
	(
		cd series &&
		start_series --strategy=sequential --warmups=0 --repeats=1 --term-good=fast --term-bad=slow &&
		git perfbisect run >../out &&
		test_grep "^$(git rev-parse c5) is the first slow commit" ../out &&
		test_grep " slow  *change number 5" ../out &&
		git bisect log >log &&
		test_grep "^git bisect slow $(git rev-parse c5)" log &&
		git perfbisect reset
	)
'

test_expect_success 'the prior is read once: nothing that becomes of its file matters' '
	fresh &&
	(
		cd series &&
		for i in 2 3 4 5 6 7
		do
			echo "$(git rev-parse "c$i") $i" || return 1
		done >../weights &&
		git perfbisect start --warmups=0 --metric="time (.*) s" --prior=../weights main c1 \
			-- "$HOME/series/.git/measure" >../out &&
		git perfbisect next >../expect &&
		: >../weights &&
		git perfbisect next >../actual 2>../err &&
		test_cmp ../expect ../actual &&
		test_must_be_empty ../err &&
		rm ../weights &&
		git perfbisect run >../out 2>../err &&
		test_must_be_empty ../err &&
		first_bad c5 ../out &&
		git perfbisect log >../log &&
		test_grep ! "perfbisect: prior" ../log
	)
'

test_expect_success 'it works in a subdirectory, by git -C, and by GIT_DIR' '
	fresh &&
	(
		cd series &&
		mkdir sub &&
		cd sub &&
		git perfbisect start --strategy=sequential --warmups=0 --repeats=1 --metric="time (.*) s" \
			--context=here --prior=../../prior-good main c1 -- "$HOME/series/.git/measure" &&
		test_path_is_file here &&
		git perfbisect status >../out &&
		cd ../.. &&
		git -C series perfbisect run >../out &&
		test_grep "^$(git -C series rev-parse c5) is the first bad commit" ../out &&
		GIT_DIR=$PWD/series/.git GIT_WORK_TREE=$PWD/series git perfbisect status >two &&
		git -C series perfbisect status >one &&
		test_cmp one two &&
		git -C series/sub perfbisect reset &&
		rm -r series/sub
	)
'

test_expect_success 'a linked worktree has a session of its own' '
	fresh &&
	(
		cd series &&
		start_series --strategy=sequential --warmups=0 --repeats=1 &&
		git worktree add -q ../linked c3 &&
		cd ../linked &&
		refused "no bisection is going on here" git perfbisect status &&
		git perfbisect start --strategy=sequential --warmups=0 --repeats=1 --metric="time (.*) s" \
			c6 c2 -- "$HOME/series/.git/measure" &&
		git perfbisect run >../out &&
		test_grep "^$(git rev-parse c5) is the first bad commit" ../out &&
		cd ../series &&
		git perfbisect status >../out &&
		test_grep "^7 commits between c1 and main" ../out &&
		test_grep "Not decided yet" ../out &&
		git perfbisect run >../out &&
		test_grep "^$(git rev-parse c5) is the first bad commit" ../out &&
		git perfbisect reset &&
		git -C ../linked perfbisect report >../out &&
		test_grep "^$(git rev-parse c5) is the commit" ../out &&
		git -C ../linked perfbisect reset &&
		git worktree remove ../linked
	)
'

test_expect_success 'a bare repository is bisected like any other' '
	git clone -q --bare series bare.git &&
	(
		cd bare.git &&
		git perfbisect start --strategy=sequential --warmups=0 --repeats=1 --metric="time (.*) s" \
			main c1 -- "echo time \$(cat level) s" &&
		git perfbisect run >../out &&
		test_grep "^$(git rev-parse c5) is the first bad commit" ../out &&
		git perfbisect reset &&
		test_path_is_missing BISECT_START
	)
'

test_expect_success 'outside of a repository there is one sentence' '
	mkdir nowhere &&
	(
		cd nowhere &&
		refused "not a git repository" git perfbisect start main c1 -- true
	)
'

test_done
