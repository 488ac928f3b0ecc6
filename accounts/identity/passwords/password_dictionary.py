"""Words that passwords are made of, as the lists of leaked passwords have them; lower case, digits and signs at the ends cut off.

:mod:`accounts.identity.passwords.policy` compares what is left of a password without its padding, so one entry here stands for
"password1", "P@ssw0rd!", "password2024" and all their kind.  A short word needs no variants: with padding it is still one guess.
"""

_WORDS = """
password passwort passwd passw pass passphrase passcode mypassword yourpassword newpassword motdepasse contrasena senha
parola haslo wachtwoord пароль мойпароль gfhjkm secret secrets secretpassword topsecret private changeme changeit letmein
letmeinnow welcome welcomehome welcomeback login logmein signin default guest root toor admin administrator adminadmin
superuser superadmin sysadmin system master masterkey supervisor manager operator oracle server service support helpdesk
test tester testing testtest testpassword temp temporary temppass sample example demo user username useruser anonymous
nobody nopassword nopass none null undefined unknown hello hellohello helloworld hello there hi привет приветпривет
qwerty qwertyui qwertyuiop qwertyqwerty azerty azertyuiop qwertz asdf asdfgh asdfghjkl asdfasdf zxcvbn zxcvbnm qazwsx
qazwsxedc wasd йцукен йцукенг фыва фывапролд ячсмить abc abcd abcde abcdef abcdefg abcdefgh abcabc abcd aaa
iloveyou iloveu ilovegod ilovehim ilovemyself ilovejesus iloveme ilovemyfamily loveyou loveme lovelove love lover lovers
lovely forever foreverlove mylove truelove teamo tequiero teamomucho jetaime tiamo люблю любовь любимая любимый ялюблю
sunshine rainbow flower flowers butterfly summer summertime winter spring autumn october november december january
february march april june july august september monday tuesday wednesday thursday friday saturday sunday weekend holiday
christmas halloween birthday happy happiness happyday smile smiley freedom peace paradise heaven angel angels babyangel
princess prince queen king kingkong kingdom sweetheart sweetie sweety sweet honey honeybun baby babygirl babyboy babyblue
babylove cutie cutiepie gorgeous beautiful beauty pretty prettygirl sexy sexygirl sexylady hotgirl hottie blondie blonde
dragon dragonball dragonfly monkey tiger tigers tigger lion lions eagle eagles wolf wolves wolverine panther panthers
bear bears teddy teddybear bull bulldog bulldogs dog doggie doggy puppy puppies cat kitty kitten hellokitty pussycat
dolphin dolphins shark sharks horse horses bunny rabbit chicken turtle snake spider penguin falcon falcons phoenix raven
ravens cowboy cowboys indian steelers packers redskins raiders yankees lakers celtics chelsea arsenal liverpool
liverpoolfc manchester manutd unitedunited barcelona realmadrid juventus milan bayern spartak zenit dynamo динамо спартак
зенит football soccer baseball basketball hockey volleyball softball tennis golf golfer golfing rugby cricket swimming
superman batman spiderman ironman hulk thor avengers starwars startrek skywalker lukeskywalker darthvader jedi yoda
matrix trustno trustnoone blink metallica nirvana slipknot greenday linkinpark eminem tupac beatles rockstar rocknroll
rock music guitar guitarman drummer piano dancer dance dancing pokemon pikachu charizard mario supermario zelda sonic
nintendo playstation xbox minecraft minecraftpass roblox fortnite counterstrike warcraft starcraft diablo hunter killer
killers assassin sniper soldier warrior warriors knight knights ninja samurai shadow shadows ghost vampire zombie demon
devil devils satan lucifer darkness nightmare hell fire firefire blaze thunder lightning storm snow snowball snowman
winner champion legend hero heroes boss bigboss gangster gangsta playboy player playa pimp pimping hustler thuglife
michael michelle jennifer jessica jordan ashley amanda daniel danielle matthew andrew joshua anthony nicole justin
robert thomas charlie william richard jonathan christopher christian christine cristina alexander alexandra alexandre
alexalex alejandra alejandro fernando fernanda gabriel gabriela daniela carolina mariana samantha stephanie elizabeth
isabella sebastian vanessa veronica victoria victor patrick patricia natalie natasha melissa jasmine brandon benjamin
nicholas nathan austin taylor tyler hannah madison maggie ginger pepper cookie cookies chocolate cheese cheesecake banana
bananas apple apples orange cherry strawberry blueberry peaches peanut butter pumpkin candy candycane sugar cupcake
muffin coffee whiskey vodka corona budweiser heineken marlboro
марина наташа настя светлана екатерина александр александра дмитрий сергей андрей максим алексей николай владимир
татьяна ирина елена анастасия виктория кристина marina natasha nastya svetlana ekaterina dmitriy sergey andrey maxim
aleksey nikolay vladimir tatiana irina elena anastasia kristina солнышко солнце зайка котик котенок малыш
computer internet google googlegoogle facebook youtube instagram twitter tiktok whatsapp telegram yahoo hotmail gmail
microsoft windows linux ubuntu apple iphone samsung samsunggalaxy nokia motorola sony toyota honda nissan mercedes
mercedesbenz ferrari lamborghini porsche corvette mustang camaro chevy chevrolet harley harleydavidson yamaha suzuki
kawasaki ducati bmwbmw audi money moneymoney dollar million millionaire diamond diamonds silver gold golden goldfish
crystal platinum america american usausa canada mexico brasil brazil argentina colombia england london paris france
germany berlin italia italy espana russia россия москва moscow ukraine украина china japan tokyo india pakistan istanbul
turkiye fenerbahce galatasaray besiktas australia newyork chicago boston dallas texas florida california hollywood
redsox whitesox bluebird jesus jesuschrist jesusislord jesuslovesme jesussaves christ godisgood godislove godbless
bismillah allah allahuakbar insyaallah krishna ganesh blessed faith hope grace trinity genesis matrixmatrix
access accessdenied security secure safety computer hacker hackers hacked whatever nothing something anything everything
fuckyou fuckoff fuckme fuck fucker fuckyouall asshole bitch bitches shithead bastard motherfucker bullshit suck sucks
internetexplorer firefox chrome android developer programmer school college student teacher university science history
family mother father mommy daddy mommydaddy brother sister myfamily mybaby mychildren grandma grandpa friend friends
friendship bestfriend bestfriends together always justme itsme onlyme myself number one lucky luckyme goodluck
anime animeanime otaku naruto narutouzumaki uzumaki sasuke sasukeuchiha uchiha itachi kakashi sakura hinata onepiece
luffy monkeydluffy zoro bleach ichigo deathnote lightyagami goku songoku vegeta evangelion sailormoon totoro inuyasha
fairytail attackontitan fullmetal alchemist kawaii senpai waifu tokyoghoul demonslayer tanjiro jujutsu gojo gojosatoru
наруто аниме анимешник watchparty streaming ani aniserver
"""

COMMON_WORDS = frozenset(_WORDS.split())
"""Lower-case words; compared with whole cores, never searched for inside a passphrase."""
