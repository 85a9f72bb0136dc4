//! Words that give a language away: small words that every text has, and what people write about websites.

use std::collections::HashMap;
use std::sync::LazyLock;

/// Our languages in their order, and behind them those that we do not write.
pub(super) const COLUMNS: usize = 5;

/// The words, and which columns have them.
pub(super) static WORDS: LazyLock<HashMap<&str, [bool; COLUMNS]>> = LazyLock::new(|| {
    let mut words: HashMap<&str, [bool; COLUMNS]> = HashMap::new();
    for (at, list) in [ENGLISH, GERMAN, FRENCH, SPANISH, OTHERS]
        .iter()
        .enumerate()
    {
        for word in list.split_whitespace() {
            let columns = words.entry(word).or_default();
            if let Some(has) = columns.get_mut(at) {
                *has = true;
            }
        }
    }
    words
});

/// Letters that hardly any of the others has.
pub(super) const LETTERS: [&[char]; COLUMNS] = [
    &[],
    &['ä', 'ö', 'ü', 'ß'],
    &['à', 'â', 'ç', 'è', 'ê', 'ë', 'î', 'ï', 'ô', 'ù', 'û', 'œ'],
    &['á', 'í', 'ñ', 'ó', 'ú', '¿', '¡'],
    &['ã', 'õ', 'ò', 'å', 'ø', 'æ', 'ł', 'ż', 'ą', 'ę', 'ś', 'ć'],
];

/// Endings of longer words.
pub(super) const ENDINGS: [&[&str]; COLUMNS] = [
    &["ing", "ings", "ness", "ful", "less"],
    &[
        "ung", "ungen", "keit", "heit", "lich", "ieren", "zeiten", "nummer", "seite", "schrift",
    ],
    &[
        "eaux", "euse", "euses", "ement", "ables", "aire", "aires", "ez",
    ],
    &[
        "ción", "ciones", "miento", "idad", "ario", "arios", "amos", "emos",
    ],
    &["zione", "zioni", "ção", "ções", "heid", "ijk"],
];

/// English.
const ENGLISH: &str = "\
    the a an and or of to in on at for from with without by as is are was were be been being am do does did done \
    have has had will would can could should shall may might must not no yes yep yeah nope please thanks thank \
    you your yours we our ours us i me my mine it its this that these those there here he she they them their \
    what which who when where why how if then than so but because about into over under above below after before \
    again also only just more most less make makes change changed changing add added adding remove removed \
    delete put move replace update updated set show hide fix rename write need needs want like look looks get \
    got go going page pages site website home homepage heading title text word words picture pictures image \
    photo link button menu footer header bottom top left right new old opening hours hour price prices list \
    monday tuesday wednesday thursday friday saturday sunday january february march june july october december \
    hello hi dear regards cheers kind best sincerely everything all any some each every other another first last \
    next back out up down off now today tomorrow yesterday soon great good bad wrong bigger smaller bold blue \
    red green white black color colour help stop undo publish live status continue cancel ok okay sure fine \
    let's don't doesn't isn't can't i'm i'd i'll we're it's that's phone number address contact team news event \
    events between instead still too very really";

/// German.
const GERMAN: &str = "\
    der die das den dem des ein eine einen einem einer eines und oder aber denn weil dass daß ob wenn als wie wo \
    was wer warum wann wohin welche welcher welches ich du er sie es wir ihr mich mir dich dir uns euch ihm ihn \
    ihnen mein meine meinen meiner dein deine unser unsere unseren unserer euer eure ihre ihren ihrer ihrem ist \
    sind war waren sein bin bist wird werden wurde würde würden wäre haben hat habe hatte hätte hätten kann \
    können könnte könnten könntest soll sollen sollte sollten muss müssen möchte möchten will wollen darf nicht \
    kein keine keinen ja nein doch bitte danke dank vielen herzlichen gerne gern hallo liebe lieber guten guter \
    gute gutes tag morgen abend grüße grüßen gruß grüsse gruss mfg viele freundlichen freundliche herzliche auf \
    aus bei mit nach von vom zu zum zur im in am an ans ins um für durch über unter vor hinter zwischen ohne \
    gegen bis seit während wegen ändern ändere ändert aendern änderung geändert ersetzen ersetze ersetzt ersetz \
    hinzufügen hinzu füge fügen füg lösche löschen entferne entfernen entfernt setz setze setzen mach mache \
    machen macht gemacht stell stelle stellen schreib schreibe schreiben tausche tauschen austauschen \
    aktualisiere aktualisieren korrigieren verschieben seite seiten webseite website startseite unterseite \
    homepage überschrift titel text texte wort bild bilder foto fotos verweis knopf menü menu fußzeile kopfzeile \
    öffnungszeiten oeffnungszeiten öffnungszeit uhr preis preise preisliste speisekarte impressum kontakt \
    kontaktseite telefonnummer adresse anschrift montag dienstag mittwoch donnerstag freitag samstag sonntag \
    montags dienstags mittwochs donnerstags freitags samstags sonntags januar februar märz mai juni juli oktober \
    dezember geschlossen geöffnet ab neu neue neuen neuer neues alt alte alten oben unten links rechts größer \
    kleiner fett blau rot grün weiß schwarz farbe noch nur auch schon sehr so dann da dort hier jetzt heute \
    gestern wieder statt anstatt stattdessen mehr weniger alle alles allen jeder jede immer nie hilfe stopp halt \
    rückgängig veröffentlichen veröffentliche freigeben abbrechen weiter okay ok passt prima super genau falsch \
    richtig stimmt team nummer";

/// French.
const FRENCH: &str = "\
    le la les un une des du de et ou mais car donc or ni que qui quoi dont où quand comment pourquoi si comme je \
    j tu il elle on nous vous ils elles me te se moi toi lui leur leurs mon ma mes ton ta tes son sa ses notre \
    nos votre vos ce cet cette ces ça cela ceci est sont était étaient être été suis es sommes êtes sera serait \
    serez ont avez avons ai as avait avoir a peut peux pouvez pourriez pourrais pouvons faut doit devez veux \
    voulez voudrais voudrait souhaite souhaitons aimerais aimerions fait faire faites ne pas plus non oui merci \
    bonjour bonsoir salut svp stp cordialement bien cher chère madame monsieur beaucoup d'accord d'avance \
    cordiales salutations bonne journée à au aux dans en par pour sur sous avec sans chez vers entre depuis \
    jusqu'à avant après pendant changer changez change modifier modifiez modifie modification ajouter ajoutez \
    ajoute supprimer supprimez supprime enlever enlevez retirer retirez remplacer remplacez remplace mettre \
    mettez mets met actualiser corriger corrigez déplacer écrire s'il page pages site accueil d'accueil \
    l'accueil titre titres texte textes mot mots image images photo photos lien liens bouton menu pied haut bas \
    gauche droite horaires horaire heures heure d'ouverture ouverture prix tarif tarifs liste coordonnées \
    téléphone numéro adresse l'adresse contact lundi mardi mercredi jeudi vendredi samedi dimanche janvier \
    février mars avril mai juin juillet août septembre octobre novembre décembre fermé fermés fermée ouvert \
    ouverts ouverte nouveau nouveaux nouvelle nouvelles ancien ancienne anciens grand petit gras bleu rouge vert \
    blanc noir couleur tout tous toute toutes autre autres aussi encore très trop maintenant aujourd'hui demain \
    hier ici là puis alors toujours jamais seulement lieu place même aide aider arrêter arrêt annuler annulez \
    publier publiez continuer statut parfait super c'est n'est qu'il l'équipe équipe";

/// Spanish.
const SPANISH: &str = "\
    el la los las un una unos unas lo al del de y e o u pero porque pues que qué quien quién cual cuál cuando \
    cuándo donde dónde cómo como si yo tú usted ustedes él ella ellos ellas nosotros nosotras me te se nos os le \
    les mi mis tu tus su sus nuestro nuestra nuestros nuestras vuestro este esta esto estos estas ese esa eso \
    esos esas aquel aquella es son era eran ser sido soy eres somos está están estoy estamos estaba estar fue \
    sería hay ha han he hemos había haber puede puedes pueden podría podrías podemos podrían debe deben tiene \
    tienen tengo quiero quiere queremos quisiera quisiéramos gustaría necesito necesitamos hacer haza hagan haz \
    no sí gracias muchas hola buenos buenas días tardes noches favor saludos saludo cordial atentamente estimado \
    estimada estimados querido querida por para con sin sobre entre hasta desde hacia según antes después \
    durante en a ante bajo cambiar cambia cambie cambien cambio modificar modifique modifica añadir añada añade \
    agregar agregue agrega quitar quite quita eliminar elimine elimina borrar borre borra reemplazar reemplace \
    reemplaza sustituir sustituya poner ponga pon ponen actualizar actualice actualiza corregir corrija mover \
    escribir página páginas sitio web inicio título títulos texto textos palabra palabras imagen imágenes foto \
    fotos enlace botón menú pie arriba abajo izquierda derecha horario horarios horas hora apertura precio \
    precios lista teléfono número dirección contacto correo lunes martes miércoles jueves viernes sábado sábados \
    domingo domingos enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre \
    cerrado cerrados cerrada abierto abiertos abierta nuevo nueva nuevos nuevas viejo vieja antiguo antigua \
    grande más menos negrita azul rojo verde blanco negro color todo todos toda todas otro otra otros otras \
    también muy ya ahora hoy mañana ayer aquí allí allá solo sólo siempre nunca lugar vez mismo misma ayuda \
    ayudar parar detener detén deshacer deshaz publicar publica publique continuar cancelar estado perfecto vale \
    bien así equipo";

/// Italian, Portuguese, Dutch, Swedish, Norwegian and Polish: whoever writes these is answered in English.
const OTHERS: &str = "\
    il lo gli che di del della dei delle nel nella con sono è siamo grazie ciao buongiorno favore cortesemente \
    vorrei potete può pagina pagine cambia cambiare aggiungi aggiungere orari orario apertura sito anche non più \
    questa questo per da una uno o os as um uma não sim você vocês obrigado obrigada olá bom dia boa favor \
    gostaria alterar mudar adicionar página horário são está com para por mais do dos das no na nos nas em \
    também de het een en van ik je jij u wij jullie zijn niet geen maar voor naar bij ook graag bedankt dank \
    hallo wilt kunt wijzigen veranderen toevoegen verwijderen openingstijden met op aan och att det som ett är \
    inte jag vi tack hej sidan på för av kan og er ikke jeg takk hei til w nie jest się proszę dziękuję stronę \
    zmienić dzień dobry że czy";
