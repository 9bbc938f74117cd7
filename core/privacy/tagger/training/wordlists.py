"""Short lists of our own: street words, titles, and capitalised words that are nobody's name."""

STREET_WORDS = (
    "street st str avenue ave av road rd lane ln drive dr boulevard blvd court ct place pl square sq terrace crescent close way"
    " parkway pkwy highway hwy alley circle cir trail trl walk row mews gardens grove rise plaza broadway turnpike loop"
    " apt apartment suite ste flat unit floor room building bldg house box psc apo fpo dpo po postfach"
    " straße strasse gasse weg allee platz ring damm ufer chaussee steig promenade markt hof"
    " rue allée impasse chemin quai place cours route passage boulevard bd faubourg"
    " calle avenida avda plaza paseo ronda camino glorieta cuesta pasaje urbanización carretera travesía callejón vial"
    " via viale piazza corso largo vicolo strada stretto borgo contrada piazzale rotonda"
    " rua travessa alameda praça largo rodovia estrada viela vereda"
    " straat laan plein gracht kade dreef singel steeg baan dijk hof"
    " ulica ul aleja al plac osiedle os ulice třída náměstí nábřeží cesta trg"
    " gatan gata väg vägen gränd torg vej gade allé stræde plads veien vegen gate katu tie kuja polku tänav utca út tér körút"
    " strada bulevardul bd şos aleea intrarea splaiul sokak sok cadde cad mahallesi mah bulvarı jalan jl gang"
    " ulitsa prospekt pereulok улица ул проспект пр пер переулок наб набережная шоссе бульвар вулиця вул οδός λεωφόρος"
    " corner postcode zip plz cedex"
).split()

TITLES = (
    "mr mrs ms miss mx dr prof professor sir madam lady lord rev reverend father sister brother capt captain lt sgt"
    " colonel col gen major judge hon herr frau fräulein dipl ing monsieur madame mademoiselle mme mlle señor señora"
    " sr sra srta don doña dott dottor dottssa sig signor signora dhr mevr mw pan pani jr phd md dds esq uncle aunt grandma"
    " grandpa president senator"
).split()

THINGS = (
    # the calendar and the world
    "monday tuesday wednesday thursday friday saturday sunday january february march april june july august september"
    " october november december christmas easter ramadan hanukkah diwali halloween thanksgiving english german french"
    " spanish italian portuguese dutch polish czech russian ukrainian greek turkish arabic hebrew hindi bengali chinese"
    " mandarin cantonese japanese korean vietnamese thai swedish norwegian danish finnish hungarian romanian latin"
    " american british canadian australian mexican brazilian european african asian christian jewish muslim hindu buddhist"
    " catholic protestant islamic earth mars venus jupiter saturn mercury neptune uranus pluto atlantic pacific arctic"
    # software, languages, models
    " python java javascript typescript kotlin scala ruby rust golang haskell erlang elixir perl julia fortran cobol pascal"
    " swift php sql mysql postgresql postgres sqlite mongodb redis kafka rabbitmq elasticsearch docker kubernetes terraform"
    " ansible jenkins github gitlab bitbucket linux ubuntu debian fedora windows macos android ios chrome firefox safari"
    " django flask fastapi rails laravel react angular vue svelte jquery bootstrap tailwind numpy pandas scipy tensorflow"
    " pytorch keras sklearn opencv matplotlib jupyter anaconda conda json yaml xml html css http https api url uri uuid"
    " tensorboard huggingface transformers bert roberta distilbert gpt llama mistral claude gemini openai anthropic"
    " resnet efficientnet mobilenet yolo imagenet coco wikipedia wikidata squad glue mnist cifar inception vgg densenet"
    # companies and products
    " google microsoft apple amazon meta facebook instagram twitter youtube netflix spotify uber airbnb paypal stripe"
    " shopify oracle ibm intel nvidia amd samsung sony nokia siemens bosch volkswagen toyota honda bmw mercedes ford tesla"
    " boeing airbus walmart costco ikea starbucks mcdonalds visa mastercard reuters bloomberg slack zoom trello jira asana"
    " salesforce sap adobe photoshop excel outlook teams azure aws gcp lambda bitcoin ethereum dogecoin litecoin"
    # headings and form words
    " note notes example examples question answer step steps input output instruction instructions response summary overview"
    " introduction conclusion background abstract usage parameters returns args kwargs raises warning todo fixme"
    " angeles francisco diego york vegas orleans eiffel einstein mars roman empire apollo wolfram alpha celsius fahrenheit"
    " bluetooth yoga jazz pop rock hip hop electronica electropop indie folk reggae disco techno bistro cafe hotel"
    " dear hello hi hey thanks regards sincerely cheers subject from to cc re fwd"
).split()

KIN = "mother father sister brother wife husband son daughter uncle aunt cousin friend partner boss colleague neighbour".split()

NATIONALITIES = (
    "English German French Spanish Italian Portuguese Dutch Polish Czech Russian Ukrainian Greek Turkish Japanese Korean"
    " Chinese Indian American British Canadian Australian Mexican Brazilian Swedish Norwegian Danish Finnish Hungarian"
    " Slovenian Croatian Icelandic Estonian Cambodian Kenyan Nigerian Egyptian Moroccan Chilean Peruvian Irish Scottish"
).split()

CITIES = (
    "New York|Los Angeles|San Francisco|San Diego|San Jose|Las Vegas|Santa Barbara|Santa Fe|St. Louis|New Orleans|Fort Worth|El Paso"
    "|Salt Lake City|Mexico City|Kansas City|Oklahoma City|Chicago|Houston|Boston|Seattle|Denver|Austin|Dallas|Phoenix|Philadelphia"
    "|Washington|Charlotte|Orlando|Portland|Nashville|Detroit|Miami|Atlanta|London|Paris|Berlin|Hamburg|Munich|Vienna|Zurich|Geneva"
    "|Madrid|Barcelona|Lisbon|Rome|Milan|Florence|Naples|Athens|Prague|Warsaw|Budapest|Bucharest|Sofia|Belgrade|Kyiv|Moscow|Istanbul"
    "|Stockholm|Oslo|Helsinki|Copenhagen|Amsterdam|Rotterdam|Brussels|Dublin|Edinburgh|Manchester|Birmingham|Leeds|Lincoln|Tokyo|Kyoto"
    "|Osaka|Seoul|Beijing|Shanghai|Hong Kong|Singapore|Bangkok|Hanoi|Jakarta|Manila|Delhi|New Delhi|Mumbai|Bangalore|Sydney|Melbourne"
    "|Perth|Adelaide|Auckland|Wellington|Toronto|Montreal|Vancouver|Buenos Aires|Rio de Janeiro|Sao Paulo|Lima|Bogota|Santiago|Caracas"
    "|Cairo|Nairobi|Lagos|Cape Town|Casablanca|Tunis|Beirut|Amman|Dubai|Tel Aviv|Jerusalem|Baghdad|Tehran|Karachi|Lahore|Dhaka|Springfield"
    "|Alexandria|Victoria|Georgia|Carolina|Virginia|Florida|California|Texas|Nevada|Arizona|Montana|Dakota|New Jersey|New Mexico"
).split("|")

COINED_ENDINGS = "ix io ly ify scape soft net tech flow base hub kit lab ware gen dex tron ora um ia on ax is one ium ase ine".split()

WORKS = (
    "The Long Winter",
    "A Song for Nobody",
    "Letters from the Sea",
    "The Last Train Home",
    "Seven Days in June",
    "Midnight in the Garden",
    "The Merchant of Sand",
    "Of Stones and Rivers",
    "Blue Monday",
    "The Glass House",
    "Silent Water",
    "Carry the Fire",
    "Return to Avalon",
    "Dancing on Ice",
    "The Art of Bread",
    "Sunday Morning Coffee",
    "The King of Nothing",
    "Gone by August",
    "Queen of the North",
    "Bridge over Amber River",
)
