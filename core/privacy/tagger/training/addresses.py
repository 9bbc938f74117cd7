"""Postal addresses: national formats from Faker, and our own mixtures of the parts in many orders."""

from __future__ import annotations

import random
from collections.abc import Callable

from faker import Faker

from core.privacy.tagger.training.people import LOCALES, coined, faker_for
from core.privacy.tagger.training.wordlists import CITIES

_UNITS = "Apt. {}|Apt {}|Suite {}|Ste. {}|Unit {}|Flat {}|#{}|Floor {}|Room {}|Apartment {}|Building {}|Bldg. {}".split(
    "|"
)
_SUFFIXES = (
    "Street St St. Road Rd Rd. Avenue Ave Ave. Lane Ln Drive Dr Dr. Court Ct Boulevard Blvd Way Close Terrace Place Square"
    " Crescent Gardens Grove Hill Park Row Walk Mews Parkway Circle Trail Pass Ridge Coves Courts Gateway Extensions"
).split()
_ENDINGS = (
    "strasse straße weg gasse allee platz ring damm str. straat laan plein gracht kade dreef gatan vägen gränd vej gade vegen"
    " veien katu tie kuja polku tee utca tanav iela gatve ova á brücke vollen holm vangen torget"
).split()
_BEFORE = (
    "rue avenue,boulevard,chemin,impasse,allée,place,quai,Rue,calle,Calle,Avenida,Av.,Plaza,Paseo,Camino,Rúa,Ronda,C/,Via,Viale"
    ",Piazza,Corso,Vicolo,Strada Provinciale,Rua,Travessa,Largo,Praça,Alameda,ul.,ulica,al.,os.,pl.,Strada,Bulevardul,Aleea,Jalan"
    ",Jl.,Villa,Calea,trg,Cesta,ulitsa,ул.,проспект,вул."
).split(",")  # fmt: skip
_AFTER = (
    "utca",
    "u.",
    "út",
    "tér",
    "körút",
    "kapu",
    "ulica",
    "cesta",
    "katu",
    "street",
    "Caddesi",
    "Sokak",
    "tee",
    "iela",
)
_STATES = (
    "AL AK AZ CA CO CT DC FL GA IL MA MI NJ NY OH PA TX VA WA RS SP GU NSW VIC QLD ON QC BC nan 32 MH".split()
)


def make_address(source: random.Random) -> str:
    """One complete address, on one line or several."""
    fake = faker_for(source.choice(LOCALES))
    fake.seed_instance(source.getrandbits(32))
    roll = source.random()
    if roll < 0.42:
        text: str = fake.address()
    elif roll < 0.47:
        text = _military(source)
    elif roll < 0.52:
        text = _corner(fake, source)
    elif roll < 0.64:
        text = _lines(fake, source)
    else:
        text = _assembled(fake, source)
    return _joined(text, source)


def make_street(source: random.Random) -> str:
    """A street with a number, nothing more."""
    fake = faker_for(source.choice(LOCALES))
    fake.seed_instance(source.getrandbits(32))
    return _street(fake, source)


def make_road(source: random.Random) -> str:
    """A street without a number."""
    fake = faker_for(source.choice(LOCALES))
    fake.seed_instance(source.getrandbits(32))
    return _road(fake, source)


def make_city(fake: Faker, source: random.Random) -> str:
    """A city; Faker keeps the Italian ones in a set, whose order is another in each process."""
    return source.choice(CITIES) if fake.locales == ["it_IT"] else str(fake.city())


def _joined(text: str, source: random.Random) -> str:
    if "\n" not in text or source.random() < 0.55:
        return text
    return text.replace("\n", source.choice((", ", ", ", " ", "\n ", "\\n")))


def _road(fake: Faker, source: random.Random) -> str:
    name = source.choice(
        (fake.last_name, fake.first_name, lambda: coined(source), lambda: make_city(fake, source))
    )()
    kinds: tuple[Callable[[], str], ...] = (
        lambda: str(fake.street_name()),
        lambda: f"{name} {source.choice(_SUFFIXES)}",
        lambda: f"{name.split()[0]}{source.choice(_ENDINGS)}",
        lambda: f"{source.choice(_BEFORE)} {name}",
        lambda: f"{name} {source.choice(_AFTER)}",
    )
    return source.choices(kinds, (3, 4, 4, 3, 1))[0]()


def _number(source: random.Random) -> str:
    number = str(source.randrange(1, 10 ** source.choice((1, 2, 2, 3, 3, 4))))
    if source.random() < 0.12:
        number += source.choice(("a", "B", "-2", "/4", ".", " bis", "c"))
    return number


def _street(fake: Faker, source: random.Random) -> str:
    road, number = _road(fake, source), _number(source)
    form = source.choice(
        (
            "{n} {r}",
            "{n} {r}",
            "{r} {n}",
            "{r} {n}",
            "{n}, {r}",
            "{r}, {n}",
            "{r} nº {n}",
            "{m} {r} {n}",
            "{m} {n} {r}",
        )
    )
    return form.format(n=number, r=road, m=source.randrange(10, 99999))


def _zip(source: random.Random) -> str:
    digits = f"{source.randrange(0, 100000):05d}"
    letters = source.choice("ABCDEHKLMNRSTW") + source.choice("ABDEHLNRST")
    forms = (digits, digits, digits[:4], f"{digits[:3]} {digits[3:]}", f"{digits[:2]}-{digits[2:]}",
             f"{digits[:4]} {letters}", f"{letters}{digits[0]} {digits[1]}{letters}", f"{digits[:4]}-{digits[2:]}",
             f"{letters[0]}{digits[0]}{letters[1]} {digits[1]}{letters[0]}{digits[2]}")  # fmt: skip
    return source.choice(forms)


def _military(source: random.Random) -> str:
    number, box = source.randrange(10000), source.randrange(10000)
    head = source.choice(
        (
            f"PSC {number:04d}, Box {box}",
            f"Unit {number:04d} Box {box:04d}",
            f"PO Box {box}",
            f"P.O. Box {number}",
            f"USS {coined(source)}",
        )
    )
    return f"{head}\n{source.choice(('APO', 'FPO', 'DPO'))} {source.choice(('AA', 'AE', 'AP'))} {source.randrange(10000, 99999)}"


def _corner(fake: Faker, source: random.Random) -> str:
    one = source.choice((_street(fake, source), _road(fake, source), fake.first_name(), fake.last_name()))
    return f"{source.choice(('the corner of ', 'corner of ', ''))}{one} and {_street(fake, source) if source.random() < 0.6 else _road(fake, source)}"


def _lines(fake: Faker, source: random.Random) -> str:
    """A web form's lines, with empty ones, stray commas and a country before the code."""
    head = _street(fake, source)
    if source.random() < 0.5:
        head += f"{source.choice((' ', chr(10), chr(10) + ' '))}{source.choice(_UNITS).format(source.randrange(1, 999))}"
    city = source.choice((make_city(fake, source), coined(source), f"{coined(source)} {coined(source)}"))
    city = city.upper() if source.random() < 0.25 else city
    tail = source.choice(
        (
            "\n, {s}\n {k} {z}",
            "\n, {s}\n {z}",
            "\n\n {k} {z}",
            "\n {k} {z}",
            "\n{k} {z}",
            " {s}",
            "\n{z}",
            ", {k} {z}",
        )
    )
    filled = tail.format(
        s=source.choice(_STATES),
        k=source.choice((fake.country(), "Cyprus (Greek)", coined(source))),
        z=_zip(source),
    )
    return f"{head}{source.choice((chr(10), chr(10) + ' ', ' '))}{city}{filled}"


def _assembled(fake: Faker, source: random.Random) -> str:
    parts = [_street(fake, source)]
    if source.random() < 0.4:
        parts.append(source.choice(_UNITS).format(source.randrange(1, 999)))
    city = source.choice(
        (make_city(fake, source), make_city(fake, source), coined(source), source.choice(CITIES))
    )
    if source.random() < 0.15:
        city = city.upper()
    tail = source.choice(
        (
            "{z} {c}",
            "{c} {z}",
            "{c}, {s} {z}",
            "{c}\n, {s}\n {k} {z}",
            "{c}",
            "{c} {k}",
            "{c}\n{k} {z}",
            "{c}\n\n {k} {z}",
            "{z} {c}\n{k}",
            "{c} {s}",
        )
    )
    parts.append(tail.format(z=_zip(source), c=city, s=source.choice(_STATES), k=fake.country()))
    return source.choice((", ", "\n", "\n ", " ", "\n\n ")).join(parts)
