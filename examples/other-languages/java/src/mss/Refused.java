package mss;

/** Le connecteur refuse d'agir : la règle est dite dans le message, jamais une donnée de l'usager. */
public final class Refused extends RuntimeException {
    public Refused(String message) {
        super(message);
    }
}
