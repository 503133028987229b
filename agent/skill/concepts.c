/* Concepts: what everyday words are about, for the second look at a request (evidence.h). One
 * line a concept and language; English words are inflected and mended, "exact" ones are not.
 * A new way to say something is one more word here. */
#include "agent/skill/lexicon.h"

const struct lex_line lex_concepts[] = {
	/* What forbids, whatever else is said. */
	{ "howto", true,
		"explain|which flag|which option|which parameter|which switch|who told|who asked|is it a good idea|a good idea|in case you|in case i|in "
		"case we|asked me to|told me to|asked you to|told you to|wants me to|wants to|wanted "
		"to|said|heard that|what would|what if|imagine|suppose|who would|would anyone|can "
		"anyone|does anyone|do people|ever|tell me how|wonder how|wonder why|wonder if|how do i|how do you|how do we|how to|how long would|how long does it take|how long will|how can i|how can you|how can one|how does "
		"one|how would|how does|how should|how did|which command|what command|what is the "
		"command|what's the command|is there a way|is there any way|a good way|best way|"
		"better way|way to|what happens|what does it mean|what is a|what is an|what's a|"
		"what's an|difference between|why|tutorial|explain how|show me how|teach me|"
		"should i|would you recommend|recommend|recommendation|which software|what "
		"software|backup software|good app|pros and cons|opinion|do you think|"
		"听说|据说|有人说|有人|别人|老板让|叫我|让我妈|劝我|问我|会不会|要是|怎么|怎样|如何|为什么|为何|为啥|哪个命令|什么命令|用命令行|方法|办法|推荐|区别|"
		"哪个参数|哪个选项|什么参数|是什么意思|什么意思|教程|教我|哪个牌子|哪款|你觉得|建议|原理|求问|请问怎么|值得|"
		"好用吗|有什么用|什么时候|"
		"safe to|i hate|hate it when|whenever|as soon as|would never|nobody should|每当|等我|如果|"
		"the best|which laptop|which computer|which phone|one day|some day|someday|who knows|"
		"in theory|i might|we might|waste of time|a waste of|overrated|commit everything|commit all|and push|"
		"push it|push them|both sides|double-sided|on paper|这话|这句话|说得真|双面|推送|推到|网盘|云盘|云端|actually mean|really mean|even mean|mean exactly|总有一天|说不定|以后再说|有朝一日" },
	{ "service", false,
		"email|mail|gmail|inbox|calendar|appointment|alarm|weather|forecast|translate|"
		"translation|website|webpage|browser|google|internet|online|twitter|facebook|"
		"instagram|whatsapp|telegram|slack|pizza|restaurant|flight|hotel|ticket office|"
		"taxi|uber|spotify|youtube|netflix|playlist|python|javascript|java|pandas|bash|"
		"powershell|script|function|algorithm|regex|sql|css|refactor|code review|"
		"unit test|currency|dollars|euros|printer|lamp|light|thermostat|dishwasher|"
		"oven|laundry|haircut|dentist|doctor|population|capital of|movie|film|lyrics|poem|joke|"
		"essay|homework|recipe for|argument|sentence|paragraph|password manager|phone|"
		"iphone storage|android|cloud|dropbox account|icloud|onedrive|bitcoin|stock|"
		"fridge|shelf|bookshelf|car|suitcase|luggage|boxes|garage|kitchen|wardrobe|bedroom|closet|drawer|house|"
		"apartment|garden shed|life|thoughts|feelings|heart|brain|soul|moon|city|country|"
		"world|universe|river|mountain|animal|planet|team building|football|match result|"
		"world cup|server|remote|clone|account|wife|husband|girlfriend|boyfriend|election|president|war|news|reboot|shut down|restart|install|"
		"uninstall|update the system|upgrade|virus|kill|wifi password|bluetooth|volume|"
		"brightness|screenshot|wallpaper|"
		"upload|encrypt|crop|rotate|resize|watermark|sync|chmod|insert|add a column|add a row|program|on an iphone|on a mac|on windows|in excel|excel|every night|every day|every week|every morning|every evening|every friday|every monday|daily|nightly|hourly|bank|milk|groceries|salt|soup|"
		"share|priority|"
		"compress|shrink|half|undo|revert|amend|squash|rebase|deploy|compile|write tests|verify|sentences|slideshow|password protect" },
	{ "service", true,
		"邮件|邮箱|发信|短信|微信|日历|会议|日程|闹钟|天气|下雨|翻译|网页|网站|网上|上网|"
		"浏览器|谷歌|百度|微博|抖音|快递|外卖|餐厅|酒店|机票|高铁|火车票|打车|播放|歌单|"
		"电影票|代码|程序|函数|算法|汇率|换算|人民币|美元|打印机|客厅|灯|空调|窗帘|"
		"洗衣|医生|预订|预定|笑话|诗|作文|作业题|心情|心里|心眼|人生|人口|城市|国家|首都|"
		"世界|新闻|股票|总统|手机流量|关机|重启|安装|卸载|升级系统|杀毒|行李|衣柜|厨房|冰箱|抽屉|书架|停车|车位|教室|办公室|"
		"房间|屋子|卧室|旅行计划|攻略|牌子|比赛|球赛|"
		"买|卖|每天|每晚|每周|定时|水印|裁剪|旋转|数据库|思路|桌游|毕业典礼|聊天记录|"
		"加一列|加一行|删一列|删一行|排序|压缩图片|缩小|编译|"
		"游戏|盘子|菜|饭|手表|鱼缸|单词" },
	{ "third", true,
		"he|she|my friend|my boss|my brother|my sister|my wife|my husband|"
		"my colleague|my neighbour|my neighbor|my mother|my father|my mom|my dad|"
		"his|her|"
		"他|她|他们|她们|我朋友|我老板|我同事|我妈|我爸|老板|同事|朋友|"
		"老师|领导|爸妈|医生|专家" },
	{ "report", true,
		"did you|did i|have you|was|were|has been|have been|had been|is it safe|is it ok "
		"to|is it okay to|can a program|can a script|restore|recover|used to|is being|"
		"when you|"
		"恢复|还原|做过|过吗|了吗|了没|"
		"did the|did my|does my|does the" },
	{ "past", true,
		"yesterday|last night|earlier today|a moment ago|早上就|早就|今早|昨天|昨晚|前天|上周我" },
	{ "already", true, "already|just now|i just|已经|早就|刚刚|刚才|都已" },
	/* Phrases with a negation in them that forbid nothing. */
	{ "calm", true,
		"can't open|cannot open|cant open|can't read|can't copy|can't find anything|"
		"cant find anything|can't find a thing|cannot find anything|can't find|cant "
		"find|won't open|wont open|won't let me|wont let me|doesn't open|does not open|"
		"doesn't let me|don't know how to open|do not know how to open|don't know how to "
		"open it|dont know how to open it|no idea how to open|didn't i|didnt i|haven't "
		"i|havent i|hasn't|isn't there|isn't true anymore|isn't true any more|isn't "
		"true|no longer true|not true anymore|not true any more|no longer needed|not "
		"needed anymore|not needed any more|not enough|don't have much|not much|can't "
		"see|can't stand|cannot stand|don't want to forget|do not want to forget|not "
		"sure which|not sure where|don't remember where|don't remember which|can't "
		"remember where|can't remember which|cant remember where|cant remember which|"
		"can't recall|forgot where|no blanks|no spaces|without spaces|without blanks|"
		"without any spaces|without any blanks|instead of spaces|instead of blanks|"
		"rather than spaces|if you could|if you can|if possible|if you don't mind|if "
		"there are|if there is|if any|nothing else|not done|not finished|not yet done|"
		"undone|unfinished|don't need|no longer need|don't need them|nobody needs|no "
		"one needs|useless|before i forget|lest i forget|so i don't forget|so that i "
		"don't forget|i mean|you mean|i was going to|slips my mind|slip my mind|skip my mind|i'd love it if|it would be "
		"great if|it would be nice if|would be good if|would be lovely if|i'd like it if|"
		"i would love it if|that sort of|that kind of|sort of file|kind of file|what sort "
		"of|what kind of|what am i looking at|has been fiddling|has been touching|which "
		"were|that were|they were|were split|were sorted|were organised|were organized|"
		"were grouped|were taken|was taken|were moved into|what was my|"
		"in case i forget|don't let me forget|can't keep track|isn't "
		"working|no room|no space|no space left|but|why not|can't tell|couldn't find|"
		"other than that|how full|cannot tell|how big|how much|how many|how long|how "
		"is|how's|how are|how it is|how old|cant tell|need not|"
		"万一弄坏|万一弄坏了|万一坏了|万一丢了|以防万一|防止丢失|免得丢|别弄丢|"
		"打不开|复制不了|找不到|找不着|跑不了|看不了|读不了|用不了|不知道|是不是|能不能|"
		"行不行|可不可以|受不了|不行|不够|不见了|记不清|记不得|想不起来|没忘|没做|没完成|"
		"没做完|没办完|没用的|不用的|不要的|用不着|不需要的|认不出|分不清|不少|有没有|好不好|"
		"要不|不错|不同|来不及|没地方|没空间|不多|放不下|存不下|装不下|快不|没有空格|"
		"不带空格|不含空格|不再需要|了没|没有|怎么样|怎样了|差不多|不小心|不得了|不太够|不下|"
		"但|但是|不过|"
		"未完成|尚未完成|尚未|未办|没干|没弄|还没有|what kind of computer|isn't right anymore|is not true anymore|is no longer|"
		"what i said|"
		"open on windows|on windows,|"
		"怎么打不开|怎么不见|怎么回事|"
		"what does the|what does it|what does this|what does my|"
		"i never sort it|i never sort|never sorted|never tidied|i never clean|never cleaned|never got around|i never tidy|never get around|从来没整理|从没整理|没收拾过|没整理过|没时间整理|不会弄|不会用" },
	/* What only holds a sentence together. */
	{ "plain", true,
		"i|you|we|they|them|it|is|are|am|be|been|being|has|have|had|having|do|does|can|"
		"could|will|would|may|might|must|ought|like|think|believe|guess|feel|seem|looks|"
		"up|out|over|so|very|too|then|when|while|one|ones|stuff|lot|lots|bit|sort|kind|"
		"own|still|even|such|this|that|who|whose|which|what|as|than|both|dear|sir|hmm|"
		"okay|ok|etc|and so on|somewhere|someone|somebody|something|anyone|anything|"
		"because|since|until|going|go|goes|get|gets|getting|become|became|maybe|probably|"
		"i wonder|i suppose|i'm afraid|it seems|looks like|today|at all|as you can see|"
		"kept|keep|keeps|put|really|actually|finally|quite|pretty|almost|nearly|just|"
		"我|你|您|咱|咱们|我们|之前|以前|好像|大概|可能|应该|这几天|几天|大家|看看|要|是|"
		"在|有|会|也|还|又|都|就|吧|嘛|着|过|来着|一直|总是|老是|已|所以|因为|这样|那样|"
		"什么|啥|给|让|被|用|个|些|一些|好多|很多|许多|一堆|哪|里头|最近|现在|家里|统统|"
		"全都|一整年|攒了|终于|马上|先|再|然后|顺便|好好|反正|其实|不过|"
		"much|"
		"特别|分别|个别|格外|非常|挺|蛮|那种|这种|有些|全部" },
	/* Things. */
	{ "image", false,
		"photo|picture|image|photograph|pic|snapshot|shot|snap|selfie|camera roll|"
		"camera|scan|drawing|graphic|logo|banner|icon|screenshot|pictorial|artwork" },
	{ "image", true,
		"照片|相片|图片|图像|图|拍的|截图|影像|相机|素材|tiffs|tiff|heic|heics|jpgs|pngs|"
		"jpeg|jpg|png|webp|gif|bmp" },
	{ "video", false, "video|movie|clip|recording" },
	{ "audio", false, "song|music|track|mp3|album" },
	{ "audio", true, "歌|歌曲|音乐|音频" },
	{ "pdf", true, "pdf|pdfs" },
	{ "csv", true, "csv|tsv|表格|数据表|spreadsheet|table" },
	{ "archive", false, "archive|zip|zip file|tarball|package|compressed file" },
	{ "archive", true, "压缩包|压缩文件|包" },
	{ "file", false, "file|document|stuff|thing|everything|item|content" },
	{ "file", true, "文件|东西|档案|资料|文档|内容|什么|些什么" },
	{ "note", false, "note|notebook|memo|notepad|jotter" },
	{ "note", true, "笔记|便签|便条|备忘|备忘录|记事本|笔记本里" },
	{ "todo", false,
		"todo|to-do|to do|to-do list|todo list|to do list|list of todos|task list|"
		"tasks|checklist|to-do item|todo item|to do item|things to do|plate|open tasks|"
		"my list|the list|"
		"things i have to do|things i need to do|what i have to do|stuff i have to do|what i need to do" },
	{ "todo", true, "待办|待办清单|待办事项|任务清单|清单|任务|代办|要做的事|待办列表" },
	{ "disk", false,
		"disk|disc|drive|hard drive|hard disk|ssd|storage|partition|filesystem|volume|"
		"space|room|gigabyte|terabyte|disk space|df" },
	{ "disk", true,
		"磁盘|硬盘|空间|存储|盘|分区|容量|存储空间|c盘|d盘|固态|gb|gigs|tb|个g" },
	{ "machine", false,
		"computer|machine|laptop|pc|system|box|workstation|hardware" },
	{ "machine", true, "电脑|机器|系统|主机|本机|计算机|服务器|这台|硬件|笔记本电脑|"
		"工作站|台式机|台式电脑" },
	{ "part", false,
		"memory|ram|cpu|processor|uptime|load|kernel|core|battery|operating system|"
		"distro|temperature" },
	{ "part", true, "内存|处理器|负载|开机多久|运行多久|内核|操作系统|开机时间|运行时间" },
	{ "health", false,
		"health|status|state|condition|overview|rundown|report|info|information|spec|"
		"specification|summary|doing|ok|okay|fine|feel|slow|healthy|diagnostics|vitals|"
		"checkup|details|"
		"busy" },
	{ "health", true,
		"状况|状态|情况|健康|报告|概况|信息|配置|还好吗|正常吗|怎么样|概览|体检|参数|运行得|"
		"卡" },
	{ "repo", false,
		"repo|repository|git|commit|codebase|push|changelog" },
	{ "repo", true, "仓库|代码库|提交|合了|合并|推了|推送|版本库|git仓库|"
		"代码仓库|项目仓库" },
	{ "work", false,
		"happen|happened|work|worked on|did|done|change|changed|been doing|push|pushed|"
		"land|landed|merged|activity|history|log|progress|go on|going on|went on|up to|"
		"summary|recap|standup|new|who|commit|show|list|what|my|last" },
	{ "happen", false, "happen|happened|going on|go on|went on|been up to|been going on|got "
		"done|was done|get done" },
	{ "happen", true, "发生|发生了|干了|干了什么|做了什么|忙了" },
	{ "work", true,
		"干了|做了|发生|改了|改动|进展|动态|活动|历史|日志|忙|更新|合了|提交|变化|情况|弄了|"
		"汇总|总结|小结|周报|记录|列一下|看看" },
	{ "temp", false,
		"temporary|temp|tmp|cache|junk|rubbish|garbage|leftover|clutter|crumbs|thumbnail|"
		"temporary file|junk file|temp file|cruft|.tmp" },
	{ "temp", true, "临时|缓存|垃圾|没用的|废文件|残留|缩略图|临时文件|用不着的" },
	{ "columns", false,
		"column|row|average|mean|min|max|minimum|maximum|statistic|stats|figure|header|"
		"field|distribution|numbers|overview|summary|contents" },
	{ "columns", true,
		"列|行|平均|最大|最小|最大最小|字段|统计|表头|概况|摘要|概览|数据|内容|汇总|均值" },
	{ "words", false, "text|word|txt|plain text|wording|letters|content|plain words" },
	{ "words", true, "文字|字|文本|内容|txt|纯文本|正文|原文|"
		"写了些什么|写了什么|写了啥|写的啥|说了什么|讲了什么|写的什么" },
	{ "name", false, "name|filename|file name|title|rename" },
	{ "name", true, "文件名|名字|名称|改名|重命名|命名|名" },
	{ "folder", false, "folder|directory|subfolder|subdirectory|dir|bucket|pile" },
	{ "folder", true, "文件夹|目录|子文件夹" },
	/* Doings. */
	{ "sort", false,
		"sort|tidy|organise|organize|arrange|group|order|categorise|categorize|classify|"
		"separate|split|split up|divide|file away|put|move|clean|clean up|straighten|"
		"bucket|distribute|declutter|sort out|go into|goes into|go in|neaten|shelve|"
		"reorganise|reorganize|in order|structure|sift|own|belong|tidy up" },
	{ "sort", true,
		"整理|归类|分类|收拾|归置|归档|分开|分到|分成|放好|放进|放到|归到|归|理一理|理理|"
		"分一分|放进去|归好|分|摆好|归整|归拢|建个|单独建|规整|整好|分好|各放各|存放|弄整齐|"
		"排|排好|"
		"放一起|放在一起|分开装|归在一起|装到|各归各" },
	{ "messy", false,
		"mess|messy|chaos|chaotic|cluttered|pigsty|jumble|jumbled|disaster|mixed|mixed "
		"up|everywhere|all over|out of control|overflow|dump|heap|pile|unsorted|jungle|"
		"wild|tangle|bursting" },
	{ "messy", true,
		"乱|太乱|乱七八糟|混在一起|堆|堆满|一团糟|一团乱|混乱|杂乱|头疼|乱糟糟|混|散|没整理" },
	{ "rename", false,
		"rename|renaming|call|name|number|lowercase|uppercase|capitalise|capitalize|"
		"relabel|retitle" },
	{ "rename", true, "重命名|改名|命名|改成|换成|编号|叫|改为|取名|统一|变成|加上" },
	{ "ren", false, "rename|renaming|relabel|batch rename|new names" },
	{ "ren", true, "重命名|改名|批量改名|重新命名|换名字|改名字|改下名" },
	{ "convert", false,
		"convert|turn|change|transform|make|export|save|reformat|transcode|encode|need|"
		"want|switch|into|as|ought|become|should be|get|have|"
		"to" },
	{ "convert", true,
		"转换|转成|转为|转|变成|变|改成|换成|换|存成|导出|转过去|统统换|要|弄成|做成|改" },
	{ "note-asked", true,
		"did i write a note|didn't i write a note|didnt i write a note|do i have a note|did i "
		"make a note|didn't i make a note|i had a note|i made a note|i wrote a note|i took a "
		"note|i have a note|had a note|wrote a note|there was a note|i once noted|i noted "
		"something|i wrote something down|i once wrote a note|"
		"i noted|did i note|have i noted|what i noted|i jotted|i jotted down|noted down|i've noted|i have noted" },
	{ "seek", false,
		"search|grep|look for|hunt|hunt for|seek|scan|search for|look up|find|track down|comb|"
		"check" },
	{ "seek", true, "找|查找|搜索|搜|查|寻找|检索|翻|找找|查查|搜一下|找一下|查一下|"
		"有没有|看有没有|有无|看看有没有" },
	{ "doc", false, "document|doc" },
	{ "doc", true, "文档" },
	{ "find", false,
		"find|search|look for|look|locate|grep|where|which file|what file|which|hunt|"
		"seek|scan|check|spot|look up|somewhere|in which|dig|track down|any file|is there" },
	{ "find", true,
		"找|查找|搜索|搜|查|哪个|哪些|哪里|哪个文件|寻找|翻|检索|在哪|哪份|哪一个|哪几个|"
		"查一查|找找|有没有|找出来|翻出来|查查" },
	{ "contain", false,
		"contain|mention|include|say|has|have|hold|written|wrote|write|typed|about|"
		"appear|occur|with the word|use|uses|refer|word|phrase|text|string|reference|"
		"stand" },
	{ "contain", true,
		"包含|提到|含|含有|写过|写着|写了|出现|用到|提及|带有|写到|写|提过|说到|包括|"
		"这个词|字样" },
	{ "show", false,
		"show|list|tell|display|give|see|view|read|print|let me see|let me hear|hear|"
		"what|which|how much|report|name|point out|worst|"
		"provide|present|brief|"
		"read out|read me|tell me" },
	{ "show", true,
		"看|看看|显示|列出|列|告诉|给我看|念|说说|说|多少|报告|看一下|瞧|揪出|哪些|什么|"
		"是什么|给看|给我一份|来一份|来份|给一份|出一份|给份|"
		"提供|简要|出示|给出|"
		"啥" },
	{ "put", false,
		"put|add|stick|write|goes|go|note|save|jot|enter|append|record|store|"
		"drop|place|throw|one more|log|include|set|item|another|new|for" },
	{ "put", true,
		"加|添|写进|记到|存进|写|记|放到|放进|加到|加进|添加|列|记进|存|写到|再添|补|新增|"
		"记一下|记下|记上|录|列入|排进|写上|放" },
	{ "tick", false,
		"tick|check off|tick off|cross|cross off|mark|strike|done|finished|completed|"
		"complete|take off|take it off|remove|off|finish|accomplished|done with|through "
		"with|close" },
	{ "tick", true,
		"勾|勾掉|划掉|打勾|打个勾|完成|做完|弄完|搞定|办完|完事|标记|划|已完成|销掉|去掉|"
		"画掉|办妥|做好|打钩|打个钩|搞完|完了|干完" },
	{ "remember", false,
		"remember this|remember that|rember that|remeber that|memorise|memorize|keep in mind|bear in mind|don't "
		"forget that|dont forget that|do not forget that|never forget that|for the "
		"future|please keep it|mental note|commit to memory|remember for me|remember "
		"the following|you should remember|you should know|remember for later|"
		"keep the following|following fact|keep this fact|this fact|the following fact|"
		"store this|save this for later|keep this in memory|store this for later|memorise this|keep this for later" },
	{ "remember", true,
		"记住|记着|记牢|别忘了，|别忘了：|牢记|要记|一直记着|记好|记在心里|存进记忆|"
		"不要忘了，|不要忘记，|别忘记，|你要知道|替我记着" },
	{ "mind", true, "记得|要记得|请记得" },
	{ "forget", false,
		"erase|unlearn|drop|delete|wipe|remove|clear|strike|lose|forget" },
	{ "forget", true,
		"忘|忘掉|忘记|忘了|抹掉|删掉|删除|清除|抹去|去掉" },
	{ "unremember", true,
		"needn't remember|need not remember|stop remembering|don't need to remember|no "
		"longer remember|no need to remember|you can forget|you may forget|please "
		"forget|forget about|don't have to remember|"
		"不用记|不用再记|不用再记着|不用记着|不必记|不必再记|别再记|不需要记|无需记|"
		"不要再记|可以忘了|可以忘记|可以忘掉|可以忘记了|可以忘了吧|不用再记得|不用记得" },
	{ "erase", false, "delete|remove|erase|wipe|destroy|shred|trash" },
	{ "erase", true, "删除|删掉|删了|移除|销毁|粉碎" },
	{ "memory", false,
		"memory|fact|what you know|you know|you remember|what i told you|i told you|you've "
		"kept|you have kept|you kept|you've stored|what i said|i said|told you|"
		"remembered|remember" },
	{ "memory", true,
		"记忆|你知道|你记|记住的|记的|我告诉过你|我跟你说|跟你说过|说过|你记住|记着|记过" },
	{ "ask-memory", true,
		"what do you know|what do you remember|what did i tell you|what have i told you|"
		"do you remember|do you recall|do you still know|do you still "
		"remember|refresh my memory|have i ever told you|have i told you|did i ever tell "
		"you|did i tell you|what facts|what have you got on|what do you have on|whatever "
		"you've kept|whatever you know|whatever you remember|everything you know|tell me "
		"what you know|what have you stored|what have you remembered|anything "
		"you know|what did i say|what have you kept|what was my|can you recall|you "
		"remember|still remember|what's in your memory|is in your memory|recall|have you "
		"memorised|have you memorized|do you have anything on|what did you remember|what "
		"did you note|"
		"你还记得|还记得|记不记得|你记得|跟你说过|告诉过你|和你说过|让你记过|让你记|"
		"你记了|对你说过|你记住了|你都知道|我说过|你那儿有|你记过|要你记|提过|"
		"跟你讲过|和你讲过|对你讲过|给你讲过|我讲过|跟你提过|让你记着|"
		"remind me what|remind me of|do you know anything about|do you know about|的事情你知道|的事你知道|你知道多少|都知道什么|都知道些什么|你知道些什么|你知道什么|你知道哪些|知道关于|你知道关于" },
	{ "ask-note", true,
		"did i note|did i write|have i written|have i noted|i noted|i wrote|i once noted|"
		"i once wrote|i jotted|i made a note|made a note|write a note|what did my notes|"
		"what do my notes|my notes say|notes say|do i have|any note|"
		"记过|写过|记了|写了|记录过|有没有记|有没有写|写着|"
		"提到|涉及|提过|"
		"写了什么|写了些什么|记了什么|记了啥|记了些什么|写了啥" },
	{ "unpack", false,
		"unpack|unzip|extract|untar|decompress|uncompress|unrar|expand|open|open up|get "
		"out|get it out|get them out|inflate|unarchive|inside|see inside|take out|"
		"out of|what is inside|what's inside" },
	{ "unpack", true,
		"解压|解压缩|解开|弄开|打开|打不开|取出来|拿出来|展开|释放|解|拆开|弄出来|都取出来|"
		"倒出来|放出来" },
	{ "have-q", true, "do i have|is there|was there|do we have|there is|i have|有没有|是否有|有备份" },
	{ "ask-know", true, "do you know|do you happen to know|你知道|你晓得|你知不知道" },
	{ "replace", false, "replace|substitute|swap" },
	{ "replace", true, "替换|换成|改成" },
	{ "pack", false,
		"backup|back up|snapshot|safe copy|safety copy|zip up|pack|tar|"
		"safeguard|save a copy|bundle|spare copy|"
		"archive copy|backup copy|archive of|an archive of|dated archive|dated copy|copy of everything" },
	{ "pack", true,
		"备份|打包|打个包|存档|留底|存一份|备一份|存一份档|归档备份|留个底|压缩|复制一份|"
		"拷一份|保一份|存个档|备个份|备份一下" },
	{ "sum", false,
		"summarise|summarize|summary|overview|describe|analyse|analyze|statistics|look at|"
		"look into|tell|what is in|what's in|show|give|inspect|explain|breakdown|per "
		"column|what am i looking at|profile|digest|min|max|mean|"
		"sum up|sum it up|what is this about|about" },
	{ "sum", true,
		"总结|概括|分析|统计|看看|看一下|概览|摘要|汇总|描述|介绍|说说|大概|给我看|有哪些|"
		"看|讲讲|都有" },
	{ "read", false, "read|read out|read aloud" },
	{ "read", true, "念|读|念给我听|读给我听|读一下|念一下" },
	{ "note-head", true,
		"quick note|new note|note to self|memo to self|note for me|another note|short note|a "
		"quick note|小记|速记" },
	{ "say", false, "say|read|tell|give|extract|get|pull|take|copy|want|as|to|turn|convert" },
	{ "say", true,
		"提取|取出|抽|转|弄出来|读|写了什么|变成|拿出来|提出来|给我|导出|复制|扒|抠|念|转成|"
		"抄|讲了什么|说了什么|"
		"写了些什么|写了啥|写的啥|说了啥|讲了些什么|都写了" },
	{ "clean", false,
		"clean|clear|delete|remove|get rid|purge|erase|wipe|empty|throw away|throw out|"
		"sweep|dump|flush|toss|bin|ditch|clean up|free up|dispose" },
	{ "clean", true,
		"清理|清除|清空|删除|删掉|删|扫|扫一扫|清|打扫|扔|扔掉|清掉|清一清|干掉|清干净|腾" },
	/* Manners. */
	{ "by-type", false,
		"type|kind|extension|format|category|sort of file|what they are|file type|each "
		"kind|kind of file|file kind|what sort|suffix|what it is|"
		"what the files are|what each file is|file extension" },
	{ "by-type", true,
		"图片归图片|文档归文档|类型|种类|类别|后缀|扩展名|格式|每种|分门别类|各种|图片归图片|归类|分类|一类|哪种|"
		"同类" },
	{ "by-month", false,
		"month|monthly|january|february|march|per month|each month|a month|by month|"
		"months" },
	{ "by-month", true, "月|月份|按月|每月|一月归一月|逐月|每个月|月归" },
	{ "by-date", false,
		"date|day|taken|date taken|capture date|when taken|days|year|different days|"
		"chronologically|exif|when they were taken|when i took them" },
	{ "by-date", true,
		"日期|拍的日子|哪天拍|拍摄|日子|哪天|时间|年月|拍照|年份|拍摄日期|当天" },
	{ "same", false,
		"duplicate|dupe|identical|double|twice|same|over and over|equal|same content|more "
		"than once|copies|there twice|repeated|redundant|twin|several times|many "
		"times|two times" },
	{ "same", true,
		"重复|一样|相同|两份|好几遍|好几份|多份|同一|一模一样|副本|两遍|雷同|重了|去重|查重|"
		"存了两|"
		"同样|几份|一式两份|相同内容" },
	{ "big", false,
		"big|biggest|large|largest|huge|heavy|heaviest|fat|fattest|hog|hogging|eating|eat|"
		"take up|taking|using|space|worst offender|bulky|bulkiest|enormous|weigh|size|"
		"fill|filling|eats" },
	{ "big", true,
		"最大|占地方|占空间|大|撑爆|吃空间|占用|最占|大文件|大的|体积|占|最肥|大个|大家伙|"
		"吃掉" },
	{ "left", false,
		"left|free|available|remaining|full|used|running out|run out|enough|still save|"
		"usage|fill|still store|still fit|low|more fit|"
		"still room|still space|any room|any space|room left|still any room|have room" },
	{ "left", true,
		"剩|还剩|还有|还能|满|快满|够|可用|用了|占用|空闲|剩余|余|能存|装得下|占了|还能存|"
		"还能装|能装|装多少|还装得下|能放多少|还能放" },
	{ "fit", true, "还能装|能装|装得下|装不下|能存|还能存|存得下|放得下" },
	{ "changed", false,
		"change|modify|edit|touch|update|alter|worked on|work on|new|different|fiddle|"
		"fiddling|fiddling with|added|create|recent|tamper|appear|came in|latest" },
	{ "changed", true,
		"改|改过|修改|更新|变动|动过|新增|变化|编辑|改动|新|动|更改|多了|新建|保存过" },
	{ "blank", false, "space|blank|whitespace|gap" },
	{ "blank", true, "空格|空白" },
	{ "open", false,
		"open|left|still|pending|unfinished|remaining|undone|outstanding|have to do|need "
		"to do|to do|todos|today|do i have|what's on|what is on|free" },
	{ "open", true,
		"还有|没做|没完成|未完成|剩|今天|有啥|有什么|还没|没做的|没办|有哪些|什么|要做|"
		"啥|没干|没弄|还剩" },
	{ NULL, false, NULL },
};
