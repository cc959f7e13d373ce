import type { SeededRandom } from "./random.js";

const words = (text: string): readonly string[] => text.trim().split(/\s+/);
const names = (text: string): readonly string[] => text.trim().split(/\s*,\s*/);

/** Most frequent first. */
const FREQUENT = words(`
Martin Bernard Thomas Petit Robert Richard Durand Dubois Moreau Laurent Simon Michel Lefebvre Leroy Roux David Bertrand Morel Fournier Girard Bonnet
Dupont Lambert Fontaine Rousseau Vincent Muller Lefèvre Faure André Mercier Blanc Guérin Boyer Garnier Chevalier François Legrand Gauthier Garcia
Perrin Robin Clément Morin Nicolas Henry Roussel Mathieu Gautier Masson Marchand Duval Denis Dumont Marie Lemaire Noël Meyer Dufour Meunier Brun Blanchard
Giraud Joly Rivière Lucas Brunet Gaillard Barbier Arnaud Martinez Gérard Roche Renard Schmitt Roy Leroux Colin Vidal Caron Picard Roger Fabre Aubert
Lemoine Renaud Dumas Lacroix Olivier Philippe Bourgeois Pierre Benoît Rey Leclerc Payet Rolland Leclercq Guillaume Lecomte Lopez Jean Dupuy Guillot
Hubert Berger Carpentier Sanchez Dupuis Moulin Louis Deschamps Huet Vasseur Perez Boucher Fleury Royer Klein Jacquet Adam Paris Poirier Marty Aubry
Guyot Carré Charles Renault Charpentier Ménard Maillard Baron Bertin Bailly Hervé Schneider Fernandez Collet Léger Bouvier Julien Prévost Millet Perrot
Daniel Cousin Germain Breton Besson Langlois Rémy Pelletier Lévêque Perrier Leblanc Barré Lebrun Marchal Weber Mallet Hamon Boulanger Jacob Monnier
Michaud Rodriguez Guichard Gillet Étienne Grondin Poulain Tessier Chevallier Collin Chauvin Bouchet Gay Lemaitre Bénard Maréchal Humbert Reynaud Antoine
Hoarau Perret Barthélemy Cordier Pichon Lejeune Gilbert Lamy Delaunay Pasquier Carlier Laporte Gros Buisson Verdier Maillot Thibault Thibaut Dupond
Delmas Couturier Tanguy Guégan Jaouen Rault Cadiou Quéméner Kerloch Morvan Riou Guivarch Salaün Floch Briand Caradec Abgrall Jégou Kervella Bihan
Nguyen Tran Pham Diallo Traoré Coulibaly Diop Ndiaye Sow Camara Cissé Koné Haddad Khelifi Mansouri Saïdi Bouzid Benali Belkacem Cherif Hamdi Slimani Ziani
Ferreira Rodrigues Pereira Gomes Lopes Silva Costa Santos Rossi Ferrari Russo Romano Esposito Popescu Ionescu Kowalski Nowak Wagner Zimmermann Schwartz
Hoffmann Kieffer Wolff Becker Haas Vogel Ott Walter Keller Ehrhardt Schaeffer Oberlin Stoeckel Riehl Heitz Jung Lang Roth Fuchs Simonin Thouvenin
`);

const COMPOSED = names(`
Le Gall, Le Goff, Le Roux, Le Bihan, Le Guen, Le Corre, Le Berre, Le Bris, Le Floch, Le Meur, Le Pape, Le Tallec, La Rosa, De Oliveira, De Sousa,
Da Silva, Dos Santos, Da Costa, De La Fontaine, De Villiers, De La Tour, Du Bois, Du Plessis, Des Forges, D'Angelo, D'Hondt, D'Almeida, D'Orgeval,
De Saint-Martin, Saint-Pierre, Saint-Jean, Van Den Berghe, Van De Velde, Van Hoecke, Vanden Broucke, Von Arx, El Amrani, El Khoury, El Idrissi, Ben Salah,
Ben Hamou, Ait Ouali, Abou Jaoudé, O'Connor, Mac Donald, Di Stefano, De Rossi, Della Torre, Von Der Heyden, L'Hermitte, L'Hostis, N'Diaye, M'Barek
`);

const STARTS = words(`
Al An Ar Au Ba Bar Bau Be Bel Ber Bi Bla Bo Bon Bou Bre Bri Bru Ca Car Cha Char Chau Che Cla Co Cor Cou Cre Da Dau De Del Des Do Dou Du Dur Es Fa Fau
Fer Fi Fla Fo For Fou Fra Fri Ga Gar Gau Ge Ger Gi Gir Gla Go Gou Gra Gre Gri Gue Gui Ha Hen Her Hu Ja Jan Jo Jou Ju Ker La Lan Lau Le Li Lo Lou Ma Mar
Mau Me Mer Mi Mo Mon Mor Mou Na No Nor Pa Par Pau Pe Per Pi Pla Po Pon Por Pou Pra Pre Pri Pru Qui Ra Re Ri Ro Rou Ru Sa Sar Sau Se Ser Si So Sou Ta
Tar Tau Te Ter Thi Ti To Tou Tra Tri Va Val Var Vau Ve Ver Vi Vil Vo
`);
const MIDDLES = words(`
b bl br c ch cl d dr f g gn gr l lb lc ld lh lm lt m mb n nc nd ng nn nt p pp r rb rc rd rg rl rm rn rq rr rt rv s ss st t tt v vr
`).map((sound) => (sound === "rq" ? "rqu" : sound));
const ENDS = words(`
aud ard ault aux eau eaux el elle er et ette ey i ier ière in ine is oir ois on ot otte ou oux ut y an and ant ent ec ic oc ac at as es iau iot ion ieu eur
euil euille igny illon illot illard inet inot ollet ouin ouet ourt
`);

/** A family name: frequent ones often, composed ones sometimes, and a long tail that is made up of French sounds. */
export function familyName(random: SeededRandom): string {
  const kind = random.next();
  if (kind < 0.42) return random.pickSkewed(FREQUENT, 1.7);
  if (kind < 0.47) return random.pick(COMPOSED);
  if (kind < 0.5) return `${random.pickSkewed(FREQUENT)}-${random.pick(FREQUENT)}`;
  const start = random.pickSkewed(STARTS, 1.2);
  const middle = random.pick(MIDDLES);
  if (kind < 0.9) return `${start}${middle}${random.pick(ENDS)}`;
  return `${start}${middle}${random.pick(["a", "e", "i", "o", "ou"])}${random.pick(MIDDLES)}${random.pick(ENDS)}`;
}
