"""Writes Sources/Matching/NicknameTable.swift.

usage: pip download --no-deps nicknames==1.0.1 && unzip nicknames-*.whl && python3 nickname_table.py nicknames/names.csv

The pairs of the PyPI package nicknames (Apache-2.0, its file names.csv) and, behind them, OWN: what we added.
"""
import collections, csv, pathlib, sys, textwrap

# given name: short and pet forms in several cultures. What a name is in another language is no short form of it.
OWN = """
alexander:alex.sandy.sasha.xander.lex.alec.sascha aleksandr:sasha.sanya.shura.alex aleksandra:sasha.ola.ala
alexandra:alex.lexi.sandra.sasha.sandy.alexa alexey:alyosha.lyosha alfonso:fonso.poncho alberto:beto.berto andreas:andi.andy
anastasia:nastya.stacy.ana.asya.nastia antonio:tonio.toni.tony antonia:toni.tonia benjamin:ben.benny.benji bernhard:bernd
charles:charlie.chuck.chas.chip christian:chris.christy.kit christopher:chris.kit.topher
consuelo:chelo concepcion:concha.conchita daniel:dan.danny daniela:dani.ela dmitry:dima.mitya dolores:lola.lolita
dominic:dom.nick.nic edward:ed.eddie.ned.ted.eddy elena:lena.lenka elizabeth:liz.beth.betty.eliza.lisa.elsa.libby
emmanuel:manny enrique:kike.quique eugene:gene evgeny:zhenya ezekiel:zeke fernando:nando.fer florian:flo
francesca:fran.franca.chesca francesco:franco.cesco.checco francisca:paca.paquita francisco:paco.pancho.curro.kiko
frederick:fred.freddy friedrich:fritz.fred.fiete gabriel:gabe.gabi gabriela:gabi.gaby georg:schorsch
georgios:yorgos.giorgos giovanni:gianni.vanni.nino giuseppe:beppe.pino.peppe giuseppina:pina.pinuccia grigory:grisha
guadalupe:lupe.lupita guillermo:memo.guille hannah:annie.nan heinrich:heinz.hinz helena:lena.nell
henry:hank.harry.hal ignacio:nacho ioannis:yannis.giannis isabel:bella.isa.belle.izzy isabella:bella.izzy.ella.belle
ivan:vanya jacob:jake.cobus james:jim.jimmy.jamie.jem jan:honza jaroslav:jarda.slava
jesus:chucho.chuy joachim:jochen.achim johann:hans.hannes johannes:hans.hannes john:jack.johnny.jon
jonathan:jon.nathan.jonny jose:pepe.chepe josef:sepp.pepa.jupp joseph:joe.joey.jos.jo josefina:pepa.fina juan:juanito
karl:kalle katarina:kata.katya katarzyna:kasia katherine:kate.kathy.katie.kitty.kay.kat.katya nikolaus:klaus
konstantin:kostya.costa.kosta konstantinos:kostas.costas.dinos krzysztof:krzys lawrence:larry.laurie
leonardo:leo.nardo leonid:lyonya.leo lorenzo:enzo.renzo ludwig:lutz.wiggerl magdalena:magda.lena
malgorzata:gosia manuel:manolo.manny margaret:maggie.meg.peggy.marge.greta.rita.daisy.madge margarete:grete.gretel.rita
margarita:rita.marga maria:masha.marika.mitzi mariya:masha.marusya martin:marty.tino matthew:matt.matty.mattie
matthias:matt.hias.matze maximilian:max.maxi mercedes:merche michael:mike.mick.mickey.micky mihail:misha
mikhail:misha mohammad:mo mohammed:mo natalia:natasha.nat.talia nicholas:nick.nicky.nico
nikolai:kolya nikolaos:nikos oleksandr:sashko.sasha.olek olga:olya patricia:pat.patty.tricia.trish
pavel:pasha pedro:perico peter:pete.petey philip:phil.pip.flip piotr:piotrek rafael:rafa.raf
ramon:moncho richard:rick.dick.rich.richie.ricky robert:bob.rob.bobby.robbie.bert roman:roma rosario:charo
salvatore:toto.turi.sal samuel:sam.sammy sebastian:seb.basti.bastian.baz sergei:seryozha sofia:sonya
stanislav:stas.slava stanislaw:staszek.stach stephen:steve.stevie susanna:sue.zanna
svetlana:sveta.lana sylvester:sly tatiana:tanya.tania theodore:ted.teddy.theo therese:tess.resi
thomas:tom.tommy timothy:tim.timmy tomasz:tomek valentina:valya.tina.val vasily:vasya vincent:vince.vinny.vin
viktor:vitya victoria:vicky.tori.vic vladimir:vova.volodya.vlad wilhelm:willi.will.willy william:bill.will.billy.willy.liam
wojciech:wojtek yekaterina:katya yelena:lena yevgeny:zhenya yuri:yura zachary:zach.zack.zac zsuzsanna:zsuzsa
"""


def main(path):
    groups = collections.defaultdict(list)

    def add(name, short):
        name, short = name.strip(), short.strip()
        if name != short and name.isalpha() and short.isalpha() and short not in groups[name]:
            groups[name].append(short)

    with open(path, encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["relationship"] == "has_nickname":
                add(row["name1"].lower(), row["name2"].lower())
    fold = str.maketrans("łñé", "lne")
    for entry in OWN.split():
        name, _, shorts = entry.partition(":")
        for short in shorts.split("."):
            add(name.translate(fold), short.translate(fold))
    lines = textwrap.wrap(" ".join(f"{name}:{'.'.join(shorts)}" for name, shorts in sorted(groups.items()) if shorts), 110)
    body = "\n".join(" " * 8 + line for line in lines)
    print(f'''// Written by Tests/MatchingTests/Generators/nickname_table.py; not to be edited by hand.

/// Given names with their short and pet forms, `name:form.form`.
///
/// From the PyPI package nicknames 1.0.1 (Apache-2.0), with additions of our own.
enum NicknameTable {{
    static let entries = """
{body}
        """
}}''')


main(sys.argv[1])
