#!/bin/sh

test_description='the context is read, checked and written'

. "$(dirname "$0")/test-lib.sh"

PATH=$HELPER_PATH:$PATH

# context: what follows on the standard input is the file.
context() {
	cat >context
}

# expect_fatal <sentence>: of the plan in context.
expect_fatal() {
	printf 'fatal: %s\n' "$1" >expect &&
	test_expect_code 128 test-bench plan context 2>actual &&
	test_cmp expect actual
}

hash_of() {
	test-bench plan "$@" | sed -n 's/^hash //p'
}

test_expect_success 'the example of the manual page is read' '
	sed -n "/^EXAMPLE/,/^QUOTING/{ /^\[perfbisect\]/,/^----/p; }" "$PROJECT_SOURCE/Documentation/gitperf-context.adoc" |
		sed "/^----/d" >context &&
	cat >expect <<-\EOF &&
	benchmark sysbench/thread
	sut altra
	metric sysbenchthread-110 higher
	metric latency lower
	EOF
	test-bench plan context >out &&
	sed "/^hash\|^build/d" out >actual &&
	test_cmp expect actual
'

test_expect_success 'the manual page names every key, and no other' '
	test-bench keys | sort >expect &&
	sed -n "s/^\`\(perf[a-z]*\.[a-zA-Z.<>]*\)\`::$/\1/p" \
		"$PROJECT_SOURCE/Documentation/gitperf-context.adoc" | sort >actual &&
	test_cmp expect actual
'

test_expect_success 'one benchmark and no machine are enough' '
	context <<-\EOF &&
	[perfbench "x"]
		command = ./x
	EOF
	printf "%s\n" "benchmark x" "sut local" >expect &&
	test-bench plan context >out &&
	sed "/^hash\|^build/d" out >actual &&
	test_cmp expect actual
'

test_expect_success 'higher layers win; lists are replaced, not added to' '
	context <<-\EOF &&
	[perfbisect]
		sut = a
		benchmark = x
	[perfsut "a"]
		method = local
	[perfsut "b"]
		method = local
	[perfbench "x"]
		command = ./x
		metric = one higher - (\\d+)
		metric = two lower s (\\d+) s
	EOF
	test-bench plan context perfbisect.sut=b perfbisect.resultclass=two perfbisect.better=higher >out &&
	sed "/^hash\|^build/d" out >actual &&
	printf "%s\n" "benchmark x" "sut b" "metric two higher" "metric one higher" >expect &&
	test_cmp expect actual
'

test_expect_success 'an unknown key is a warning with the nearest name' '
	context <<-\EOF &&
	[perfbisect]
		confidense = 0.9
	[perfbench "x"]
		command = ./x
		xyzzyplugh = 1
	[core]
		editor = vi
	EOF
	test-bench plan context >out &&
	grep ^warning out >actual &&
	cat >expect <<-\EOF &&
	warning: context: '\''perfbisect.confidense'\'' is not known; is it '\''confidence'\''?
	warning: context: '\''perfbench.x.xyzzyplugh'\'' is not known
	warning: context: '\''core.editor'\'' is not of the context
	EOF
	test_cmp expect actual
'

# What a person may write, and what is wrong with it.
test_expect_success 'each wrong value is one sentence' '
	while IFS="|" read -r key value sentence
	do
		echo "fatal: option: $key: $sentence" >expect &&
		test_expect_code 128 test-bench plan - "$key=$value" 2>actual &&
		test_cmp expect actual || return 1
	done <<-\EOF
	perfbisect.confidence|0.5|'\''0.5'\'' is no share from 0.500001 to 0.999999 (or in %)
	perfbisect.confidence|nan|'\''nan'\'' is no share from 0.500001 to 0.999999 (or in %)
	perfbisect.minEffect|-1%|'\''-1%'\'' is no share from 0 to 0.9 (or in %)
	perfbisect.strategy|guess|'\''guess'\'' is none of bayes, sequential, adaptive
	perfbisect.better|more|'\''more'\'' is none of higher, lower
	perfbisect.firstParent|perhaps|'\''perhaps'\'' is neither true nor false
	perfbisect.budget|8 weeks|'\''8 weeks'\'' is no budget: a number of boots (40, 40boots), or a time with s, m, h or d
	perfbisect.good||a value is wanted
	perfbuild.timeout|soon|'\''soon'\'' is no time: seconds, or a number with s, m, h or d, at most a year
	perfbuild.keep|5 tons|'\''5 tons'\'' is no size: bytes, or a number with k, m or g
	perfbuild.jobs|-1|'\''-1'\'' is no number from 0 to 65536
	perfprofile.sysctl|vm.swappiness|a sysctl is name=value, not '\''vm.swappiness'\''
	perfsut.m.boot|usb|'\''usb'\'' is none of none, kexec, oneshot, command
	perfsut.m.port|65536|'\''65536'\'' is no number from 0 to 65535
	perfsut.-m.boot|none|'\''-m'\'' is no name of a machine: letters, digits and _-.+@:, not with '\''-'\'' or '\''.'\'' in front
	perfbench.a b.repeats|1|'\''a b'\'' is no name of a benchmark: letters, digits and _-.+/, not with '\''-'\'' or '\''.'\'' in front
	perfbench.x.repeats|0|'\''0'\'' is no number from 1 to 100000
	perfbench.x.repeats|3x|'\''3x'\'' is no number from 1 to 100000
	EOF
'

test_expect_success 'what is referred to must be there' '
	while IFS="|" read -r settings sentence
	do
		echo "fatal: $sentence" >expect &&
		(
			IFS=" "
			test_expect_code 128 test-bench plan - $settings 2>actual
		) &&
		test_cmp expect actual || return 1
	done <<-\EOF
	perfbisect.good=v1|there is no benchmark: it needs perfbench.<name>.command
	perfbisect.benchmark=x|there is no benchmark '\''x'\'': it needs perfbench.x.command
	perfbench.x.repeats=1|perfbench.x.command is wanted
	perfbench.x.command=y perfbench.z.command=y|there are 2 benchmarks: perfbisect.benchmark chooses one
	perfbench.x.command=y perfbisect.sut=m|there is no machine '\''m'\'': it needs perfsut.m.method
	perfbench.x.command=y perfsut.m.method=teapot|perfsut.m.method: '\''teapot'\'' is not known
	perfbench.x.command=y perfsut.m.method=ssh|perfsut.m: host is wanted
	perfbench.x.command=y perfsut.m.method=local perfsut.m.boot=kexec|perfsut.m.boot: perfbuild.image says what is booted
	perfbench.x.command=y perfbuild.output=../x|perfbuild.output: '\''../x'\'' is no path below the worktree
	perfbench.x.command=y perfbuild.output=/etc|perfbuild.output: '\''/etc'\'' is no path below the worktree
	perfbench.x.command=y perfbuild.output=a/.git/x|perfbuild.output: '\''a/.git/x'\'' is no path below the worktree
	perfbench.x.command=y perfbuild.image=.|perfbuild.image: '\''.'\'' is no path below the worktree
	perfbench.x.command=y perfsut.m.cpus=$(id)|perfsut.m.cpus: '\''$(id)'\'' is no list of processors, as 0-3,8
	EOF
'

test_expect_success 'a metric that is wrong, or is not there, is named' '
	context <<-\EOF &&
	[perfbench "x"]
		command = ./x
		metric = a higher - a(b
	EOF
	expect_fatal "perfbench.x.metric: metric '\''a'\'': the regular expression '\''a(b'\'' is wrong at byte 3: missing closing parenthesis" &&
	context <<-\EOF &&
	[perfbisect]
		resultclass = b
	[perfbench "x"]
		command = ./x
		metric = a higher - a(b)
	EOF
	expect_fatal "perfbisect.resultclass: no metric of the benchmark '\''x'\'' is called '\''b'\''"
'

test_expect_success 'a comment that cuts a command is refused with its line' '
	while IFS="|" read -r value mark
	do
		printf "[perfbench \"x\"]\n\n\trepeats = 2 # fine\n\tcommand = %s\n" "$value" >context &&
		expect_fatal "context:4: '\''$mark'\'' cuts the value of command short; put the value between double quotes" ||
			return 1
	done <<-\EOF
	make; ./x|;
	./x # fast|#
	"make" && ./x; ./y|;
	echo \" ; x|;
	a \\; b|;
	EOF
'

test_expect_success 'and so is one behind a continued line' '
	context <<-\EOF &&
	[perfbuild] command = make \
		all; \
		./x
	EOF
	expect_fatal "context:1: '\'';'\'' cuts the value of command short; put the value between double quotes"
'

test_expect_success 'a comment that hides nothing is none' '
	context <<-\EOF &&
	# [perfbench "y"]
	; command = a; b
	[perfbench "x"] # a section
		command = "./x; ./y # z" # as it was
		metric = "a;b higher - ;(\\d+)#"
	EOF
	test-bench plan context >out &&
	test_grep -x "metric a;b higher" out
'

test_expect_success 'what git cannot read is an error of git, with its line' '
	printf "[perfbench \"x\"]\n\tcommand = a\\\\d\n" >context &&
	expect_fatal "bad config line 2 in file context" &&
	printf "[perfbench \"x\"]\n\tcommand = a\\000b\n" >context &&
	expect_fatal "'\''context'\'' holds a NUL byte" &&
	rm context &&
	expect_fatal "cannot open context: No such file or directory"
'

test_expect_success 'nothing is included' '
	printf "[perfbench \"y\"]\n\tcommand = canary\n" >other &&
	context <<-\EOF &&
	[include]
		path = other
	[perfbench "x"]
		command = ./x
	EOF
	test-bench plan context >out &&
	test_grep -x "benchmark x" out
'

test_expect_success 'what is written is read again, whatever is in it' '
	test-bench write - written perfbisect.good=v1.0 perfbisect.bad="HEAD^{/x; #\"y\"}" \
		perfbisect.budget=8h perfbisect.minEffect=0.5% perfbisect.firstParent=yes perfbuild.keep=5g \
		perfbuild.command="make -j\$(nproc) && echo \"a\\b\" ; true # x
second	line " perfbench.s/x.command="  blanks  " \
		"perfbench.s/x.metric=a higher - total:\\s+(\\d+)" perfbench.s/x.metric="b lower s wall" \
		perfsut.m.method=local perfsut.m.prepare="echo '\''x'\''" &&
	test_grep "^# The context" written &&
	git config --file written perfbuild.command >actual &&
	printf "make -j\$(nproc) && echo \"a\\\\b\" ; true # x\nsecond\tline \n" >expect &&
	test_cmp expect actual &&
	git config --file written perfbench.s/x.command >actual &&
	echo "  blanks  " >expect &&
	test_cmp expect actual &&
	git config --file written --get-all perfbench.s/x.metric >actual &&
	printf "%s\n" "a higher - total:\\s+(\\d+)" "b lower s wall" >expect &&
	test_cmp expect actual &&
	test-bench plan written >one &&
	test-bench write written again &&
	test_cmp written again
'

test_expect_success 'it is grouped, and machines that are not used are left out' '
	test-bench write - written perfbisect.benchmark=x perfbench.x.command=x perfbench.y.command=y \
		perfbisect.sut=m perfsut.m.loadHost=l perfsut.l.method=local perfsut.n.method=local &&
	grep "^\[" written >actual &&
	cat >expect <<-\EOF &&
	[perfbisect]
	[perfsut "m"]
	[perfsut "l"]
	[perfbench "x"]
	EOF
	test_cmp expect actual
'

test_expect_success 'the hash changes with what determines a measurement' '
	base="perfbench.x.command=x perfsut.m.method=local" &&
	hash_of - $base >base &&
	test_line_count = 1 base &&
	for setting in perfbuild.command=make perfbuild.output=a perfprofile.sysctl=a.b=1 perfprofile.cmdline=quiet \
		perfbench.x.metric="a lower s wall" perfbench.x.warmups=2 perfbench.x.load=l perfbench.x.file=f \
		perfbench.x.prepare=p perfsut.m.prepare=p perfsut.m.cpus=1
	do
		hash_of - $base "$setting" >other &&
		! test_cmp base other >/dev/null || return 1
	done
'

test_expect_success 'and with nothing else' '
	for setting in perfbisect.good=v1 perfbisect.bad=v2 perfbisect.strategy=adaptive perfbuild.timeout=1 \
		perfbench.x.timeout=9 perfbench.x.repeats=9 perfbench.x.sessions=9 perfsut.m.power=p \
		perfsut.m.port=9 perfsut.m.keyfile=k perfbuild.jobs=3 perfbuild.keep=0
	do
		hash_of - $base "$setting" >other &&
		test_cmp base other || return 1
	done
'

test_expect_success 'nor with how many layouts there are' '
	hash_of - $base perfbuild.command=make perfbuild.output=a >base &&
	hash_of - $base perfbuild.command=make perfbuild.output=a perfbuild.layouts=8 >other &&
	test_cmp base other
'

test_expect_success 'nor with the order in which things stand' '
	hash_of - perfbench.x.command=x perfbuild.output=a perfbuild.output=b perfprofile.cmdline=c >one &&
	hash_of - perfprofile.cmdline=c perfbuild.output=b perfbuild.output=a perfbench.x.command=x >other &&
	test_cmp one other
'

test_done
