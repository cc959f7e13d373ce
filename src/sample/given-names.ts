const words = (text: string): readonly string[] => text.trim().split(/\s+/);

/** Most frequent first. */
export const WOMEN = words(`
Marie Nathalie Isabelle Catherine Sylvie Françoise Anne Christine Sophie Valérie Céline Sandrine Julie Camille Stéphanie Véronique Émilie Aurélie
Laurence Hélène Claire Caroline Laura Léa Pauline Marion Élodie Mathilde Virginie Delphine Charlotte Lucie Sarah Manon Karine Chloé Florence Corinne
Brigitte Martine Agnès Cécile Élisabeth Emmanuelle Audrey Mélanie Laetitia Alice Juliette Justine Anaïs Clémence Morgane Amandine Fanny Jeanne Inès
Amélie Margaux Patricia Dominique Béatrice Claudine Geneviève Muriel Estelle Alexandra Jessica Vanessa Nadia Fatima Samira Yasmine Leïla Sabrina Myriam
Noémie Ophélie Coralie Solène Maëlle Gaëlle Gwenaëlle Anne-Sophie Marie-Claude Marie-Christine Anne-Laure Marie-Laure Anne-Marie Marie-Hélène
Marie-Pierre Anne-Claire Claire-Marie Rose-Marie Marie-José Joëlle Michèle Danièle Annick Monique Josiane Odile Édith Thérèse Simone Colette
Blandine Bénédicte Apolline Capucine Constance Diane Éléonore Faustine Garance Héloïse Iris Jade Louise Eugénie Philippine Romane Salomé Victoire Zoé
Ghislaine Régine Raphaëlle Mireille Murielle Nadège Nolwenn Océane Perrine Priscilla Rachel Rebecca Séverine Sibylle Sonia Tiphaine Ursule Violaine
Aïcha Amina Awa Binta Djamila Farida Hafida Houria Karima Khadija Malika Mariama Nour Rachida Salima Soraya Zineb Ana Carla Chiara Elena Giulia Ilona
Irina Maria Mihaela Monica Natacha Olga Paola Svetlana Thi Linh Mai Xuan Yuki Lin
`);

export const MEN = words(`
Jean Philippe Michel Pierre Nicolas Christophe Laurent Thomas Julien Alain Patrick Éric Stéphane Olivier Frédéric Sébastien Pascal David Bruno Thierry
Alexandre François Antoine Vincent Guillaume Maxime Romain Mathieu Benoît Jérôme Arnaud Fabrice Emmanuel Bernard Gérard Jacques Christian Daniel
Dominique Gilles Marc Didier Hervé Xavier Yves Cédric Sylvain Franck Yann Damien Benjamin Adrien Clément Florian Kévin Anthony Jonathan Paul Louis Hugo
Lucas Arthur Baptiste Quentin Simon Jean-Pierre Jean-Michel Jean-Luc Jean-François Jean-Marc Jean-Claude Jean-Paul Jean-Louis Jean-Philippe
Jean-Jacques Jean-Baptiste Jean-Christophe Jean-Marie Pierre-Yves Pierre-Alain Marc-Antoine Charles-Henri Paul-Henri Louis-Marie Denis Serge Luc Rémi
Rémy Loïc Gaël Erwan Ronan Tanguy Gwenaël Yannick Joël André Robert Roger René Marcel Georges Raymond Henri Lucien Claude Gabriel Raphaël Samuel
Joseph Étienne Édouard Aurélien Bastien Boris Cyril Cyrille Dimitri Fabien Geoffroy Grégoire Grégory Guy Ivan Jérémie Jérémy Joachim Lionel Ludovic
Martin Mickaël Mikaël Norbert Pascal Régis Richard Rodolphe Stanislas Tristan Ulysse Valentin Victor Wilfried Zacharie Théo Théophile Timothée Augustin
Ahmed Ali Bilal Farid Hakim Hamid Hassan Karim Khalil Mehdi Mohamed Mohammed Mourad Mustapha Nabil Omar Rachid Samir Youssef Amadou Ibrahima Mamadou
Moussa Ousmane Carlos Diego Giovanni Hans Jorge José Luigi Mario Mihai Miguel Paolo Pedro Radu Sergio Vladimir Van Duc Minh Wei
`);
