#!/bin/sh

test_description='git perfrank: where the profile comes from, and what is wrong with it'

. "$(dirname "$0")/test-lib.sh"
. "$TEST_SOURCE/lib-perfrank.sh"

SQ="'"

test_expect_success 'set up' '
	new_program repo &&
	change push "ring: push" "ring_push=r->head += 2" &&
	change pop "ring: pop" "ring_push=r->head += 2" "ring_pop=r->tail += 2" &&
	mkdir below &&
	git perfrank --porcelain base..pop >plain &&
	test_line_count = 2 plain
'

# like_plain <command>...: ranks as the profile of the set-up does.
like_plain() {
	"$@" >actual &&
	test_cmp "$HOME/repo/plain" actual
}

# ranked <profile text>: the ranking with a profile of these lines.
ranked() {
	printf "%b" "$1" >ranked.csv &&
	git perfrank --porcelain -p ranked.csv base..pop
}

# bad_profile <pattern> <profile text>: refused, and the sentence names the file.
bad_profile() {
	printf "%b" "$2" >bad.csv &&
	refused "$1" git perfrank -p bad.csv base..pop &&
	test_grep "bad.csv" fatal
}

test_expect_success '--profile is a file as the caller sees it, - the standard input' '
	write_profile >below/mine.csv &&
	mv .git/perf/kernel_func.csv default.csv &&
	like_plain git perfrank --porcelain -p below/mine.csv base..pop &&
	like_plain git perfrank --porcelain --profile="$PWD/below/mine.csv" base..pop &&
	(cd below && like_plain git perfrank --porcelain -p mine.csv base..pop) &&
	like_plain git perfrank --porcelain -p - base..pop <below/mine.csv &&
	write_profile | like_plain git perfrank --porcelain -p - base..pop
'

test_expect_success 'a file that begins with a dash, or has blanks' '
	cp below/mine.csv ./-p &&
	cp below/mine.csv "a  b.csv" &&
	like_plain git perfrank --porcelain --profile=./-p base..pop &&
	like_plain git perfrank --porcelain --profile=-p base..pop &&
	like_plain git perfrank --porcelain -p "a  b.csv" base..pop
'

test_expect_success 'perfrank.profile, from the command line and the environment as well' '
	test_config perfrank.profile "$PWD/below/mine.csv" &&
	like_plain git perfrank --porcelain base..pop &&
	git config --unset perfrank.profile &&
	like_plain git -c perfrank.profile="$PWD/below/mine.csv" perfrank --porcelain base..pop &&
	like_plain env GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=perfrank.profile \
		GIT_CONFIG_VALUE_0="$PWD/below/mine.csv" git perfrank --porcelain base..pop
'

test_expect_success '~ in perfrank.profile is the home' '
	cp below/mine.csv "$HOME/mine.csv" &&
	like_plain git -c perfrank.profile="~/mine.csv" perfrank --porcelain base..pop
'

test_expect_success 'without any, a sentence says how to make one' '
	test_expect_code 128 git perfrank base..pop >out 2>err &&
	test_must_be_empty out &&
	test_grep "^fatal: no profile: .*--profile.*perfrank.profile.*\.git/perf/kernel_func.csv" err &&
	test_grep "^hint: .*perf record" err &&
	test_grep "^hint: .*git perfrank profile perf.data" err &&
	test_expect_code 128 git -c perfrank.profile= perfrank base..pop 2>err &&
	test_grep "^fatal: no profile" err
'

test_expect_success '--no-profile forgets the configured one' '
	test_config perfrank.profile "$PWD/below/mine.csv" &&
	refused "no profile" git perfrank --no-profile base..pop
'

test_expect_success '.git/perf/kernel_func.csv is the default, in linked worktrees as well' '
	mv default.csv .git/perf/kernel_func.csv &&
	like_plain git perfrank --porcelain base..pop &&
	(cd below && like_plain git perfrank --porcelain base..pop) &&
	git worktree add -q ../linked push &&
	(cd ../linked && like_plain git perfrank --porcelain base..pop)
'

test_expect_success 'a profile that is not there is named' '
	refused "nowhere.csv: No such file" git perfrank -p nowhere.csv base..pop &&
	refused "src" git perfrank -p src base..pop
'

test_expect_success 'columns in any order, more of them, in any case' '
	ranked "cpu,file_path,sys_percent,dso,samples,function\n0,src/ring.c,60,k,6000,ring_push\n1,src/ring.c,20,k,2000,ring_pop\n" >actual &&
	cut -f 1,4 plain >expect &&
	cut -f 1,4 actual >ids &&
	test_cmp expect ids &&
	ranked "File,Overhead,Symbol\nsrc/ring.c,60%,ring_push\nsrc/ring.c,20.0%,ring_pop\n" >actual &&
	cut -f 1,4 actual >ids &&
	test_cmp expect ids
'

test_expect_success 'samples alone make the shares' '
	ranked "function,samples,file_path\nring_push,3,src/ring.c\nring_pop,1,src/ring.c\n" >actual &&
	test_grep "ring_push 75%" actual &&
	test_grep "ring_pop 25%" actual
'

test_expect_success 'quotes, CR LF, a byte order mark and blank lines' '
	ranked "function,sys_percent,file_path\nring_push,60,src/ring.c\nring_pop,20,src/ring.c\n" >expect &&
	ranked "\357\273\277\"function\",\"sys_percent\",\"file_path\"\r\n\r\n\"ring_push\",\"60\",\"src/ring.c\"\r\nring_pop,20,src/ring.c\r\n" >actual &&
	test_cmp expect actual &&
	ranked "function,sys_percent,file_path\nring_push,60,src/ring.c\n\nring_pop,20,src/ring.c" >actual &&
	test_cmp expect actual
'

test_expect_success 'a bad line is named with its number and what was expected' '
	head="function,samples,sys_percent,file_path\nring_push,1,1,src/ring.c" &&
	bad_profile "line 3: .*samples.*twelve" "$head\nx,twelve,1,a.c\n" &&
	bad_profile "line 3: .*samples.*-5" "$head\nx,-5,1,a.c\n" &&
	bad_profile "line 3: .*sys_percent.*101" "$head\nx,5,101,a.c\n" &&
	bad_profile "line 3: .*sys_percent.*nan" "$head\nx,5,nan,a.c\n" &&
	bad_profile "line 3: .*sys_percent.*inf" "$head\nx,5,inf,a.c\n" &&
	bad_profile "line 3: .*sys_percent.*1e999" "$head\nx,5,1e999,a.c\n" &&
	bad_profile "line 3: .*samples.*99999999999999999999" "$head\nx,99999999999999999999,1,a.c\n" &&
	bad_profile "line 3: 3 fields, the first line has 4" "$head\nx,5,1\n" &&
	bad_profile "line 3: 5 fields" "$head\nx,5,1,a.c,b.c\n" &&
	bad_profile "line 3: function is empty" "$head\n,5,1,a.c\n" &&
	bad_profile "line 4: .*samples" "$head\nx,1,1,a.c\nx,,1,a.c\n"
'

test_expect_success 'paths that leave the tree or are absolute are refused' '
	head="function,samples,file_path" &&
	bad_profile "line 2: .*\.\./x" "$head\nx,1,../x\n" &&
	bad_profile "line 2: .*a/\.\./\.\./x" "$head\nx,1,a/../../x\n" &&
	bad_profile "line 2: .*/etc/passwd" "$head\nx,1,/etc/passwd\n"
'

test_expect_success 'what is no profile is refused' '
	bad_profile "nothing in it" "" &&
	bad_profile "no rows" "function,samples,file_path\n" &&
	bad_profile "no column .*function" "some,words\n1,2\n" &&
	bad_profile "neither a column .*samples.* nor .*sys_percent" "function,file_path\nx,a.c\n" &&
	bad_profile "line 1" "function,samples,samples\nx,1,1\n" &&
	bad_profile "line 1" "\000\001\002\377\000\000binary" &&
	bad_profile "line" "function,samples\n\"open,1\n" &&
	head -c 100000 /dev/urandom >noise.csv &&
	refused "noise.csv" git perfrank -p noise.csv base..pop &&
	cp "$(command -v git)" program.csv &&
	refused "program.csv" git perfrank -p program.csv base..pop
'

test_expect_success 'a sentence about a bad profile sends no escape sequence' '
	printf "function,samples\nx,\033[31mred\n" >"bad.csv" &&
	test_expect_code 128 git perfrank -p bad.csv base..pop 2>err &&
	test_grep "line 2" err &&
	test_grep ! "$(printf "\033")" err
'

test_expect_success 'paths that are not in the tree are reported with what is near' '
	ranked "function,samples,file_path\nring_pusher,5,src/rnig.c\nring_popper,1,drivers/ring.c\nring_free,1,src/ring.c\nx,1,no/such/elephant.c\n" >out 2>err &&
	test_grep "^warning: src/rnig.c is not in the tree of pop; near it: src/ring.c" err &&
	test_grep "^warning: drivers/ring.c is not in the tree of pop; near it: src/ring.c" err &&
	test_grep "^warning: no/such/elephant.c is not in the tree of pop\$" err
'

test_expect_success 'when none of the paths is in the tree: 1, and the question whose profile it is' '
	printf "function,samples,file_path\nring_pusher,5,drivers/ring.c\n" >other.csv &&
	test_expect_code 1 git perfrank -p other.csv base..pop >out 2>err &&
	test_must_be_empty out &&
	test_grep "drivers/ring.c is not in the tree of pop; near it: src/ring.c" err &&
	test_grep "none of the paths of other.csv is in the tree of pop" err &&
	test_expect_code 1 git perfrank list -o - -p other.csv base..pop >out 2>err &&
	test_must_be_empty out &&
	test_grep "near it: src/ring.c" err
'

test_expect_success 'a path that is not in the tree is no loss where its function is found' '
	ranked "function,samples,file_path\nring_push,5,src/rnig.c\nring_free,1,src/ring.c\n" >out 2>err &&
	echo "warning: 1 of 2 paths were wrong and are corrected: ring_push src/rnig.c -> src/ring.c" >expect &&
	test_cmp expect err &&
	test_grep "ring_push" out
'

test_expect_success 'of many paths that are not in the tree ten are named' '
	(
		write_profile &&
		for i in 1 2 3 4 5 6 7 8 9 10 11 12 13
		do
			echo "f$i,1,1,gone/$i.c"
		done
	) >gone.csv &&
	git perfrank -p gone.csv base..pop 2>err >out &&
	grep -c "is not in the tree" err >n &&
	echo 10 >expect &&
	test_cmp expect n &&
	test_grep "3 more paths of gone.csv are not in the tree of pop" err
'

test_expect_success 'the tree at the bad end counts, not the work tree' '
	git checkout -q base &&
	git rm -q src/ring.c &&
	git perfrank --porcelain base..pop >actual 2>err &&
	git reset -q --hard &&
	test_must_be_empty err &&
	test_cmp plain actual
'

test_expect_success 'strange paths in a profile' '
	printf "function,samples,file_path\nring_push,1,src/ring.c\na,1,-x\nb,1,--output=canary\nc,1, \nd,1,\"a\nb\"\ne,1,src/\nf,1,:(top)src\ng,1,*\nh,1,src//ring.c\ni,1,\"a,b\"\n" >strange.csv &&
	git perfrank -p strange.csv base..pop >out 2>err &&
	test_path_is_missing canary &&
	test_grep "ring: push" out &&
	test_grep "^warning: -x is not in the tree" err &&
	test_grep "^warning: --output=canary is not in the tree" err &&
	test_grep "^warning: a.*n*b is not in the tree" err &&
	test_grep ! "^b" err
'

test_expect_success 'a million rows are read in bounded memory' '
	perl -e "
		print qq(function,samples,file_path\nring_push,5,src/ring.c\n);
		printf qq(function_%d,1,dir_%d/file_%d.c\n), \$_, \$_ % 100, \$_ % 1000 for 1 .. 1000000;
	" >million.csv &&
	(
		# A sanitizer needs more than it is given here.
		case $PERF_BUILD in
		*sanitize*)
			;;
		*)
			ulimit -v 460000
			;;
		esac &&
		git perfrank --porcelain -n 1 -p million.csv base..pop
	) >out 2>err &&
	rm million.csv &&
	cut -f 4 out >actual &&
	git rev-parse push >expect &&
	test_cmp expect actual &&
	test_grep "990 more paths of million.csv are not in the tree" err
'

test_expect_success 'contexts' '
	misused "exclude each other" git perfrank --context=a --context-file=b base..pop &&
	misused "exclude each other" git perfrank list -o - --context=a --context-file=b base..pop &&
	misused "exclude each other" git perfrank show --context=a --context-file=b pop base..pop &&
	refused "nowhere" git perfrank --context-file=nowhere base..pop &&
	head -c 70000 /dev/zero | tr "\0" "a" >long &&
	refused "65536\|64 KiB\|long" git perfrank --context-file=long base..pop &&
	refused "65536" git perfrank --context="$(cat long)" base..pop &&
	printf "a\000b" >nul &&
	refused "NUL" git perfrank --context-file=nul base..pop &&
	printf "stalls \033[31m \001 \377" >control &&
	git perfrank --explain --context-file=control base..pop >out 2>&1 &&
	test_grep ! "$(printf "\033")" out &&
	: >empty &&
	like_plain git perfrank --porcelain --context-file=empty base..pop &&
	like_plain git perfrank --porcelain --context= base..pop
'

test_expect_success 'unknown keys of the section are warned about, with the nearest' '
	test_config perfrank.profil x &&
	git perfrank base..pop >out 2>err &&
	test_grep "no configuration key perfrank.profil; did you mean perfrank.profile?" err
'

test_expect_success 'a bad value in the configuration names the file and the key' '
	test_config perfrank.limit many &&
	refused "\.git/config.*perfrank.limit" git perfrank base..pop
'

test_done
