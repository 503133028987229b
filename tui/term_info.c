/*
 * Our own terminfo entries, so that true colour and 256 colours work whatever entries the
 * machine has (most ship without kitty, foot, ghostty or *-direct). The compiled form is what
 * ncurses takes from TERMINFO=b64:...; a test compiles the source again and compares.
 * Alternate screen, mouse and keys are not in them: term.c does those itself.
 */
#include "tui/term_info.h"

const char term_info_source[] =
	"homard-base|what every xterm-like terminal can do,\n"
	"	am, bce, mir, msgr, npc, xenl,\n"
	"	cols#80, it#8, lines#24,\n"
	"	bel=^G, bold=\\E[1m, civis=\\E[?25l, clear=\\E[H\\E[2J, cnorm=\\E[?25h, cr=\\r,\n"
	"	csr=\\E[%i%p1%d;%p2%dr, cub=\\E[%p1%dD, cub1=^H, cud=\\E[%p1%dB, cud1=\\n, cuf=\\E[%p1%dC,\n"
	"	cuf1=\\E[C, cup=\\E[%i%p1%d;%p2%dH, cuu=\\E[%p1%dA, cuu1=\\E[A, dch=\\E[%p1%dP, dch1=\\E[P,\n"
	"	dim=\\E[2m, dl=\\E[%p1%dM, dl1=\\E[M, ech=\\E[%p1%dX, ed=\\E[J, el=\\E[K, el1=\\E[1K, home=\\E[H,\n"
	"	hpa=\\E[%i%p1%dG, ich=\\E[%p1%d@, il=\\E[%p1%dL, il1=\\E[L, ind=\\n, indn=\\E[%p1%dS, op=\\E[39;49m,\n"
	"	rc=\\E8, rev=\\E[7m, ri=\\EM, rin=\\E[%p1%dT, ritm=\\E[23m, rmso=\\E[27m, rmul=\\E[24m, sc=\\E7,\n"
	"	sgr0=\\E[m, sitm=\\E[3m, smso=\\E[7m, smul=\\E[4m, vpa=\\E[%i%p1%dd,\n"
	"homard-direct|Homard on a true-colour terminal,\n"
	"	RGB, colors#0x1000000, pairs#0x10000,\n"
	"	setab=\\E[%?%p1%{8}%<%t4%p1%d%e48;2;%p1%{65536}%/%d;%p1%{256}%/%{255}%&%d;%p1%{255}%&%d%;m,\n"
	"	setaf=\\E[%?%p1%{8}%<%t3%p1%d%e38;2;%p1%{65536}%/%d;%p1%{256}%/%{255}%&%d;%p1%{255}%&%d%;m,\n"
	"	use=homard-base,\n"
	"homard-256|Homard on a 256-colour terminal,\n"
	"	colors#0x100, pairs#0x10000,\n"
	"	setab=\\E[%?%p1%{8}%<%t4%p1%d%e%p1%{16}%<%t10%p1%{8}%-%d%e48;5;%p1%d%;m,\n"
	"	setaf=\\E[%?%p1%{8}%<%t3%p1%d%e%p1%{16}%<%t9%p1%{8}%-%d%e38;5;%p1%d%;m,\n"
	"	use=homard-base,\n";

const char term_info_direct[] =
	"b64:HgIvAB0ADwBpAcwBaG9tYXJkLWRpcmVjdHxIb21hcmQgb24gYSB0cnVlLWNvbG91ciB0ZXJtaW5hbAAAAQAA"
	"AQAAAAAAAAAAAQEAAAAAAAAAAAAAAQAAAVAAAAAIAAAAGAAAAP______________________________________"
	"______________8AAAABAAABAP__AAACAAQA__8VAB0AIQAlAP__MABBAEMARwBOAP__UABXAP__WwD__18AYwD_"
	"_________2cA_____2wA________cQB2AHsAgAD__4kA________jQCTAP____________________-ZAP______"
	"________________________________________________________________________________________"
	"_________________________________________50ApgCvALgAwQDKANMA3ADlAO4A____________________"
	"__________cA-gAFAQgBCgH_________________________________________________________________"
	"________________________________________________________________________________________"
	"________________________________________________________________________________________"
	"________________________________________________________________________________________"
	"______________________________________8NAf______________________________________________"
	"_________________________xIB__________________________________8bAf______________________"
	"_yAB____________________________________________________________________________________"
	"______________8mAXkBBwANABtbJWklcDElZDslcDIlZHIAG1tIG1sySgAbW0sAG1tKABtbJWklcDElZEcAG1sl"
	"aSVwMSVkOyVwMiVkSAAKABtbSAAbWz8yNWwACAAbWz8yNWgAG1tDABtbQQAbW1AAG1tNABtbMW0AG1sybQAbWzdt"
	"ABtbN20AG1s0bQAbWyVwMSVkWAAbW20AG1syN20AG1syNG0AG1tMABtbJXAxJWRQABtbJXAxJWRNABtbJXAxJWRC"
	"ABtbJXAxJWRAABtbJXAxJWRTABtbJXAxJWRMABtbJXAxJWREABtbJXAxJWRDABtbJXAxJWRUABtbJXAxJWRBABs4"
	"ABtbJWklcDElZGQAGzcACgAbTQAbWzFLABtbMzk7NDltABtbM20AG1syM20AG1slPyVwMSV7OH0lPCV0MyVwMSVk"
	"JWUzODsyOyVwMSV7NjU1MzZ9JS8lZDslcDElezI1Nn0lLyV7MjU1fSUmJWQ7JXAxJXsyNTV9JSYlZCU7bQAbWyU_"
	"JXAxJXs4fSU8JXQ0JXAxJWQlZTQ4OzI7JXAxJXs2NTUzNn0lLyVkOyVwMSV7MjU2fSUvJXsyNTV9JSYlZDslcDEl"
	"ezI1NX0lJiVkJTttAAEAAAAAAAEABAABAAAAUkdCAA==";

const char term_info_256[] =
	"b64:HgIrAB0ADwBpAaUBaG9tYXJkLTI1NnxIb21hcmQgb24gYSAyNTYtY29sb3VyIHRlcm1pbmFsAAABAAABAAAA"
	"AAAAAAABAQAAAAAAAAAAAAABAAABUAAAAAgAAAAYAAAA____________________________________________"
	"_________wABAAAAAAEA__8AAAIABAD__xUAHQAhACUA__8wAEEAQwBHAE4A__9QAFcA__9bAP__XwBjAP______"
	"____ZwD_____bAD_______9xAHYAewCAAP__iQD_______-NAJMA_____________________5kA____________"
	"________________________________________________________________________________________"
	"____________________________________nQCmAK8AuADBAMoA0wDcAOUA7gD_________________________"
	"____9wD6AAUBCAEKAf______________________________________________________________________"
	"________________________________________________________________________________________"
	"________________________________________________________________________________________"
	"________________________________________________________________________________________"
	"_________________________________w0B____________________________________________________"
	"____________________EgH__________________________________xsB________________________IAH_"
	"________________________________________________________________________________________"
	"_________yYBZQEHAA0AG1slaSVwMSVkOyVwMiVkcgAbW0gbWzJKABtbSwAbW0oAG1slaSVwMSVkRwAbWyVpJXAx"
	"JWQ7JXAyJWRIAAoAG1tIABtbPzI1bAAIABtbPzI1aAAbW0MAG1tBABtbUAAbW00AG1sxbQAbWzJtABtbN20AG1s3"
	"bQAbWzRtABtbJXAxJWRYABtbbQAbWzI3bQAbWzI0bQAbW0wAG1slcDElZFAAG1slcDElZE0AG1slcDElZEIAG1sl"
	"cDElZEAAG1slcDElZFMAG1slcDElZEwAG1slcDElZEQAG1slcDElZEMAG1slcDElZFQAG1slcDElZEEAGzgAG1sl"
	"aSVwMSVkZAAbNwAKABtNABtbMUsAG1szOTs0OW0AG1szbQAbWzIzbQAbWyU_JXAxJXs4fSU8JXQzJXAxJWQlZSVw"
	"MSV7MTZ9JTwldDklcDElezh9JS0lZCVlMzg7NTslcDElZCU7bQAbWyU_JXAxJXs4fSU8JXQ0JXAxJWQlZSVwMSV7"
	"MTZ9JTwldDEwJXAxJXs4fSUtJWQlZTQ4OzU7JXAxJWQlO20A";
