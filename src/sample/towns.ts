import type { SeededRandom } from "./random.js";

export interface Town {
  name: string;
  postalCode: string;
}

/** Postcode and name, largest first. */
const LARGE: readonly Town[] = `
75001 Paris|69003 Lyon|13008 Marseille|31000 Toulouse|06000 Nice|44000 Nantes|34000 Montpellier|67000 Strasbourg|33000 Bordeaux|59000 Lille|35000 Rennes
51100 Reims|83000 Toulon|42000 Saint-Étienne|76600 Le Havre|21000 Dijon|38000 Grenoble|49000 Angers|69100 Villeurbanne|30000 Nîmes|97400 Saint-Denis
93200 Saint-Denis|63000 Clermont-Ferrand|72000 Le Mans|13100 Aix-en-Provence|29200 Brest|37000 Tours|80000 Amiens|87000 Limoges|74000 Annecy|66000 Perpignan
57000 Metz|92100 Boulogne-Billancourt|45000 Orléans|25000 Besançon|76000 Rouen|93100 Montreuil|95100 Argenteuil|68100 Mulhouse|14000 Caen|54000 Nancy
97460 Saint-Paul|59100 Roubaix|59200 Tourcoing|92000 Nanterre|94400 Vitry-sur-Seine|94000 Créteil|84000 Avignon|86000 Poitiers|93300 Aubervilliers
59140 Dunkerque|92600 Asnières-sur-Seine|92700 Colombes|78000 Versailles|97410 Saint-Pierre|92400 Courbevoie|06400 Cannes|34500 Béziers|62100 Calais
94100 Saint-Maur-des-Fossés|64000 Pau|17000 La Rochelle|06600 Antibes|44600 Saint-Nazaire|33700 Mérignac|68000 Colmar|2a Ajaccio|18000 Bourges|29000 Quimper
26000 Valence|92130 Issy-les-Moulineaux|59650 Villeneuve-d'Ascq|10000 Troyes|82000 Montauban|79000 Niort|94800 Villejuif|56100 Lorient|91000 Évry-Courcouronnes
56000 Vannes|95000 Cergy|97300 Cayenne|97200 Fort-de-France|97139 Les Abymes|73000 Chambéry|85000 La Roche-sur-Yon|90000 Belfort|53000 Laval|27000 Évreux
22000 Saint-Brieuc|81000 Albi|11000 Carcassonne|11100 Narbonne|41000 Blois|71100 Chalon-sur-Saône|02100 Saint-Quentin|08000 Charleville-Mézières|16000 Angoulême
64100 Bayonne|65000 Tarbes|60000 Beauvais|62000 Arras|62300 Lens|59300 Valenciennes|59500 Douai|50100 Cherbourg-en-Cotentin|61000 Alençon|28000 Chartres
03200 Vichy|42300 Roanne|43000 Le Puy-en-Velay|15000 Aurillac|12000 Rodez|48000 Mende|07000 Privas|05000 Gap|04000 Digne-les-Bains|20200 Bastia|88000 Épinal
55000 Bar-le-Duc|52000 Chaumont|70000 Vesoul|39000 Lons-le-Saunier|01000 Bourg-en-Bresse|89000 Auxerre|58000 Nevers|23000 Guéret|19100 Brive-la-Gaillarde
24000 Périgueux|47000 Agen|40000 Mont-de-Marsan|32000 Auch|09000 Foix|46000 Cahors|36000 Châteauroux|77000 Melun|77100 Meaux|78200 Mantes-la-Jolie
35400 Saint-Malo|22100 Dinan|22300 Lannion|29600 Morlaix|56300 Pontivy|44110 Châteaubriant|49300 Cholet|85100 Les Sables-d'Olonne|17100 Saintes
33120 Arcachon|64200 Biarritz|40100 Dax|31800 Saint-Gaudens|30100 Alès|13200 Arles|13300 Salon-de-Provence|84200 Carpentras|84100 Orange|83600 Fréjus
83700 Saint-Raphaël|06130 Grasse|06500 Menton|74100 Annemasse|74200 Thonon-les-Bains|73200 Albertville|38200 Vienne|38300 Bourgoin-Jallieu|69400 Villefranche-sur-Saône
71000 Mâcon|21200 Beaune|25200 Montbéliard|68300 Saint-Louis|67500 Haguenau|67600 Sélestat|57100 Thionville|57200 Sarreguemines|54400 Longwy|51000 Châlons-en-Champagne
02000 Laon|02200 Soissons|60200 Compiègne|80100 Abbeville|76200 Dieppe|14100 Lisieux|14400 Bayeux|50000 Saint-Lô|50400 Granville|27200 Vernon|28100 Dreux
`
  .trim()
  .split(/[|\n]/)
  .map((pair) => {
    const at = pair.indexOf(" ");
    const postalCode = pair.slice(0, at);
    return { name: pair.slice(at + 1), postalCode: postalCode === "2a" ? "20000" : postalCode };
  });

const STEMS =
  "Ville Mont Château Saint-Martin Saint-Germain Saint-Pierre Saint-Jean Sainte-Marie Saint-Aubin Saint-Hilaire Saint-Laurent La Chapelle Beau Roche Pont Bois Champ Neuf Font Val Aigue Brou Cour Ferr Marn Nog Quin Sauv Thor Vill Ys".split(
    " ",
  );
const TAILS = "ville mont court bourg ac ay ey igny ières euil oux an el et ieu on argues ans osc ezay".split(" ");
const AFTER = [
  "",
  "",
  "",
  "-sur-Loire",
  "-sur-Mer",
  "-les-Bains",
  "-en-Forêt",
  "-sous-Bois",
  "-le-Vieux",
  "-la-Forêt",
  "-d'Aval",
  "-l'Abbaye",
];

const ARRONDISSEMENTS: Readonly<Record<string, readonly [start: number, count: number]>> = {
  Paris: [75001, 20],
  Lyon: [69001, 9],
  Marseille: [13001, 16],
};

/** Towns of one sample: the large ones by their true postcodes, and small ones that are made up, in a department. */
export function makeTowns(random: SeededRandom, small: number): readonly Town[] {
  const made: Town[] = [];
  for (let at = 0; at < small; at++) {
    const stem = random.pick(STEMS);
    const isWhole = stem.includes("-");
    const name = `${stem}${isWhole ? "" : random.pick(TAILS)}${isWhole ? random.pick(AFTER.slice(3)) : random.pick(AFTER)}`;
    const department = 1 + random.whole(94);
    made.push({
      name,
      postalCode: `${String(department === 20 ? 21 : department).padStart(2, "0")}${100 + random.whole(89) * 10}`,
    });
  }
  return [...LARGE, ...made];
}

/** A town, large ones more often; Paris, Lyon and Marseille with an arrondissement. */
export function pickTown(random: SeededRandom, towns: readonly Town[]): Town {
  const town = random.chance(0.72) ? random.pickSkewed(LARGE, 2.4) : random.pick(towns);
  const parts = ARRONDISSEMENTS[town.name];
  return parts ? { name: town.name, postalCode: String(parts[0] + random.whole(parts[1])) } : town;
}
