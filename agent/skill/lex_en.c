/* English: words of every request. What one recipe alone needs stands in its recipe.yaml. */
#include "agent/skill/lexicon.h"

const struct lex_line lex_en[] = {
	{ "fill", true,
		"please|pls|plz|kindly|could you|can you|would you|will you|could you please|"
		"can you please|would you please|will you please|would you mind|would you "
		"kindly|"
		"could u|can u|can we|could we|can i|may i|could i|let's|lets|let us|"
		"can you help me|could you help me|can you help me to|could you help me to|"
		"i want to|i want you to|i want|i'd like to|i'd like|i'd like you to|i would "
		"like to|"
		"i would like you to|i would like|i need to|i need you to|i need|i wanna|i'd "
		"love to|i'd love you to|"
		"i'd love for you to|i'd appreciate it if you could|i would appreciate it if "
		"you|help me|"
		"help me to|go ahead and|just|right now|now|quickly|real quick|quick|for "
		"me|me|us|the|a|an|"
		"all|all of|all the|every|each|any|some|of|and|so|ok|okay|hey|hi|hello|hello "
		"there|hey there|homard|"
		"thanks|thank you|thx|cheers|ta|yo|dear|there|currently|currently in|actually|"
		"if you can|if you could|if possible|if that's possible|if you don't mind|if "
		"you wouldn't mind|"
		"when you get a chance|when you have a moment|when you have a minute|when you "
		"have time|"
		"as well|be so kind as to|be so kind and|do me a favor and|do me a favour "
		"and|do me a favor|do me a favour|"
		"i was wondering if you could|i would love it if you|i'd be grateful if you "
		"could|i would be grateful if you could|it would be lovely if you could|would "
		"you be so kind as to|i wonder if you could|is it possible to|"
		"is it possible for you to|any chance you could|any chance you can|time "
		"to|it's time to|"
		"it is time to|it would be great if you could|it'd be great if you could|"
		"it would be nice if you could|it'd be nice if you could|i'm trying to|i am "
		"trying to|"
		"i'm looking to|i am looking to|i have to|i've got to|got to|gotta|i should|we "
		"need to|we should|"
		"want to|need to|would like to|would you be able to|are you able to|"
		"these|those|this|that|them|it|its|my own|whole|entire|complete|once "
		"more|asap|today please|"
		"a bit|a "
		"little|somewhat|simply|basically|finally|first|also|too|very|really|properly|"
		"nicely|neatly|"
		"automatically|for now|at once|immediately|straight away|please and thank "
		"you|everyone|"
		"task|your task|job|i ask you to|mind|my "
		"friend|buddy|mate|pal|sir|assistant|computer|my computer|my pc|my machine|"
		"my laptop|this computer|this machine|this laptop|my disk|my drive|my hard "
		"drive|my hard disk|my ssd|"
		"got|have|that i have|i have|i've got|that are|which are|that is|that's|there "
		"are|there is|that i keep|i keep|that live|living|"
		"stored|kept|saved|located|sitting|lying|lying around|contained|found|inside "
		"of|"
		"lol|haha|kinda|sorta|tbh|btw|by the way|ugh|argh|wow|yay|wait|pretty please|"
		"total|totally|complete|completely|honestly|literally|some more|"
		"could you maybe|maybe|perhaps|eh|um|uh|well|right|sure|alright|all right" },
	{ "prep", true,
		"in|inside|from|within|under|below|for|on|at|with|into|to|onto|by|out of|over "
		"in|over|down in|up in|"
		"beneath|underneath|across|through|throughout|about|as|according to|based "
		"on|via|using|per" },
	{ "neg", true,
		"not|no|never|don't|dont|do not|doesn't|does not|didn't|did "
		"not|won't|wont|will not|wouldn't|"
		"would not|shouldn't|should not|can't|cant|cannot|can "
		"not|couldn't|mustn't|must not|isn't|aren't|"
		"wasn't|ain't|nobody|nothing|none|neither|nor|without|except|excluding|avoid|"
		"refrain|stop|cancel|"
		"abort|instead|instead of|rather than|no need|unless|leave "
		"alone|leave|skip|ignore|"
		"sort of|kind of|what is a|what is an|what's a|what's an|"
		"forbid|prevent|quit|cease|hold off|hands off|but|besides|apart from|other "
		"than|"
		"pretend|suppose|imagine|hypothetically|one day|some day|someday|who knows|in theory|"
		"i might|we might|actually mean|really mean|waste of time|a waste of|overrated|commit everything|"
		"commit all|and push|push it|push them|both sides|double-sided|on paper|if|how do i|how do you|how to|how can "
		"i|how would|how does|"
		"how should|why|should i|should we|when did|when will|when should" },
	{ "then", true,
		"and then|then|and also|and|after that|afterwards|plus|as well as|before "
		"that|next" },
	{ "here", true,
		"here|this folder|this directory|this dir|the current folder|current "
		"folder|the current directory|"
		"current directory|current dir|the folder i'm in|the folder i am in|the "
		"directory i'm in|"
		"this very folder|working directory|the working directory|cwd|right here|in "
		"here|where i am|"
		"the present folder|present directory" },
	{ "dir", false, "folder|directory|dir|subfolder|subdirectory|foler|fodler" },
	{ "my", true, "my|our|mine" },
	{ "only", true,
		"only|just the|only the|nothing but|solely|exclusively|but only|but only the|"
		"but just the|but just|and only|and only the|only for|only for the|just|"
		"though only|and just the" },
	{ "measure", true, "of the|of them" },
	{ "compare", true,
		"bigger than|larger than|more than|greater than|over|above|at "
		"least|exceeding|exceed|"
		"that exceed|heavier than|beyond|upwards of|minimum|min|no smaller than|not "
		"smaller than|no less than|>|>=" },
	{ "below", true,
		"smaller than|less than|under|below|at most|lighter than|up to|no bigger "
		"than|<" },
	{ "since", true,
		"since|after|starting|starting from|from|as of|ever since|beginning|later "
		"than|newer than" },
	{ "before", true, "before|until|till|prior to|older than|by" },
	{ "past", true,
		"in the last|in the past|within the last|within the past|during the "
		"last|during the past|"
		"over the last|over the past|the last|the past|last|past|for the last|for the "
		"past|these last|in last|within" },
	/* What a request may be about. */
	{ "file", false, "file|files and folders|all files" },
	{ "thing", false, "item|stuff|thing|everything|anything|something|content|contents" },
	{ "show", false,
		"show|show me|list|display|give|give me|print|tell|tell me|let me see|let me "
		"know|see|view|get|get me|"
		"i want to see|i'd like to see|i want to know|i'd like to "
		"know|check|report|output|name|present|find out|figure out|bring up|pull up" },
	{ "find", false,
		"find|search|look for|looking for|locate|seek|hunt for|hunt down|dig up|dig "
		"out|scan|track down|look through|search through|spot|"
		"identify|detect|determine|look up|pick out" },
	{ "what", true,
		"what|which|what's|whats|what is|what are|which are|which is|which ones|which "
		"one|what were|what all|"
		"what was|what's the|what are the|which of|what of|what do i have|what have i "
		"got" },
	{ "where", true, "where|where is|where's|where are|where do i" },
	{ "howmuch", true, "how much|how much of|how big|how large|how full|how many bytes" },
	{ "howmany", true, "how many|the number of|number of|count" },
	{ "make", false, "make|create|do|produce|generate|build|prepare|write" },
	{ "put", false, "put|place|move|file|drop|throw|shove|stick|store|save" },
	{ "contain", false,
		"contain|containing|mention|include|have|hold|with|that "
		"say|saying|says|say|featuring|"
		"talk about|talking about|refer to|referring to|matching|match" },
	/* Known folders; "pictures" may also be a kind. */
	{ "dir:DOWNLOAD", false, "download|downloads|downloaded|dl" },
	{ "dir:DESKTOP", false, "desktop" },
	{ "dir:DOCUMENTS", false, "document|documents|docs" },
	{ "dir:PICTURES", false, "pictures|photos|images|picture|photo|pics" },
	{ "dir:MUSIC", false, "music" },
	{ "dir:VIDEOS", false, "videos|movies|video" },
	{ "dir:HOME", false, "home|home folder|home directory|home dir" },
	{ "dir:TEMPLATES", true, "templates folder" },
	{ "dir:PUBLIC", true, "public folder" },
	/* Kinds of files, for globs. */
	{ "kind:image", false, "picture|photo|image|photograph|pic|snapshot|jpegs and pngs" },
	{ "kind:video", false, "video|movie|film|clip" },
	{ "kind:audio", false, "song|audio|music|audio file|track|mp3s" },
	{ "kind:document", false, "word document|office document|text document" },
	{ "kind:archive", false, "archive|zip archive|compressed file" },
	/* Numbers, sizes, dates. */
	{ "num:0.5", true, "half a|half an" },
	{ "num:1", true, "one" },
	{ "num:2", true, "two|couple of|a couple of|couple" },
	{ "num:3", true, "three" },
	{ "num:4", true, "four" },
	{ "num:5", true, "five" },
	{ "num:6", true, "six" },
	{ "num:7", true, "seven" },
	{ "num:8", true, "eight" },
	{ "num:9", true, "nine" },
	{ "num:10", true, "ten" },
	{ "num:11", true, "eleven" },
	{ "num:12", true, "twelve|dozen|a dozen" },
	{ "num:13", true, "thirteen" },
	{ "num:14", true, "fourteen" },
	{ "num:15", true, "fifteen" },
	{ "num:16", true, "sixteen" },
	{ "num:17", true, "seventeen" },
	{ "num:18", true, "eighteen" },
	{ "num:19", true, "nineteen" },
	{ "num:20", true, "twenty" },
	{ "num:24", true, "two dozen" },
	{ "num:25", true, "twenty five" },
	{ "num:30", true, "thirty" },
	{ "num:40", true, "forty" },
	{ "num:50", true, "fifty" },
	{ "num:60", true, "sixty" },
	{ "num:70", true, "seventy" },
	{ "num:80", true, "eighty" },
	{ "num:90", true, "ninety" },
	{ "num:100", true, "hundred|a hundred|one hundred" },
	{ "unit:b", true, "b|byte|bytes" },
	{ "unit:k", true, "k|kb|kib|kilobyte|kilobytes" },
	{ "unit:m", true, "m|mb|mib|meg|megs|megabyte|megabytes" },
	{ "unit:g", true, "g|gb|gib|gig|gigs|gigabyte|gigabytes" },
	{ "unit:t", true, "t|tb|tib|terabyte|terabytes" },
	{ "span:hour", true, "hour|hours|h|hrs" },
	{ "span:day", true, "day|days|d" },
	{ "span:week", true, "week|weeks|fortnight" },
	{ "span:month", true, "month|months" },
	{ "span:year", true, "year|years" },
	{ "wd:0", true, "sunday|sun" },
	{ "wd:1", true, "monday|mon" },
	{ "wd:2", true, "tuesday|tue|tues" },
	{ "wd:3", true, "wednesday|wed" },
	{ "wd:4", true, "thursday|thu|thur|thurs" },
	{ "wd:5", true, "friday|fri" },
	{ "wd:6", true, "saturday|sat" },
	{ "mon:1", true, "january|jan" },
	{ "mon:2", true, "february|feb" },
	{ "mon:3", true, "march" },
	{ "mon:4", true, "april|apr" },
	{ "mon:5", true, "may" },
	{ "mon:6", true, "june|jun" },
	{ "mon:7", true, "july|jul" },
	{ "mon:8", true, "august|aug" },
	{ "mon:9", true, "september|sep|sept" },
	{ "mon:10", true, "october|oct" },
	{ "mon:11", true, "november|nov" },
	{ "mon:12", true, "december|dec" },
	{ "rel:today", true,
		"today|this morning|this afternoon|this evening|tonight|midnight" },
	{ "rel:yesterday", true, "yesterday|last night" },
	{ "rel:beforeyesterday", true, "the day before yesterday|day before yesterday" },
	{ "rel:tomorrow", true, "tomorrow" },
	{ "rel:thisweek", true,
		"this week|the week so far|the start of the week|the beginning of the week|the "
		"current week" },
	{ "rel:lastweek", true, "last week|previous week|the previous week" },
	{ "rel:pastweek", true, "the past week|past week|the last week" },
	{ "rel:lastweekend", true, "the weekend|last weekend|this weekend|this past weekend" },
	{ "rel:thismonth", true,
		"this month|the start of the month|the beginning of the month|the current "
		"month|the month so far" },
	{ "rel:lastmonth", true, "last month|previous month|the previous month" },
	{ "rel:pastmonth", true, "the past month|past month|the last month" },
	{ "rel:thisyear", true,
		"this year|the start of the year|the beginning of the year|new year" },
	{ "rel:lastyear", true, "last year|the previous year" },
	{ "rel:nextweek", true, "next week" },
	{ "rel:ago", true, "ago|back|earlier" },
	{ "rel:last", true, "last" },
	{ "rel:next", true, "next|this coming|coming" },
	{ NULL, false, NULL },
};
