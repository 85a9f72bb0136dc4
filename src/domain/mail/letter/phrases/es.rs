//! Spanish.

use super::set::{
    Condition, ConfirmText, Ends, HelpText, Labels, Notes, Phrases, Refused, Replying, StatusText,
    When, Words,
};
use crate::domain::command::Action;
use crate::domain::mail::RefusalReason;
use crate::domain::mail::files::FileRefusal;

pub(super) const PHRASES: Phrases = Phrases {
    labels: Labels {
        marker: "Responda por encima de esta línea",
        preview: "Ver la vista previa",
        files: "Archivos modificados",
        left_out: "Archivos que no se han aceptado",
        more: |count| format!("y {count} más"),
        log: "El final del registro",
        next: "Qué puede hacer ahora",
        quoted: "Usted escribió",
        reference: "Referencia",
        colon: ":",
    },
    words: Words {
        publish: "publicar",
        undo: "deshacer",
        stop: "detener",
        status: "estado",
        help: "ayuda",
    },
    replying: Replying {
        next: "Responda con el siguiente cambio; se añadirá a este.",
        publish: "Responda «publicar» para poner su cambio en línea.",
        undo: "Responda «deshacer» para retirar este cambio.",
        stop: "Responda «detener» para que se interrumpa el trabajo.",
        status: "Responda «estado» para saber cómo va.",
        help: "Responda «ayuda» para ver qué puede escribir.",
        reword: "Responda con otras palabras, o con el texto exacto tal como aparece en la página.",
        again: "Responda a este correo para volver a intentarlo; lo que escribió está guardado.",
        resend: "Por favor, envíe su mensaje de nuevo, junto con los archivos.",
        mend: "Responda qué debe ser diferente.",
        go_on: "Responda para continuar: lo hecho hasta ahora está guardado.",
        nothing: "No tiene que hacer nada.",
    },
    ends: Ends {
        made: "Su cambio está listo para que lo vea.",
        made_unseen: "Su cambio está hecho, pero no se pudo actualizar la vista previa.",
        nothing: "No había nada que cambiar.",
        unclear: "No he podido saber qué hay que cambiar, así que no se ha cambiado nada.",
        cannot: "No puedo hacer esto, así que no se ha cambiado nada.",
        failed: "Su cambio no ha funcionado.",
        red: "Su cambio está hecho, pero el sitio web no se pudo generar con él.",
        red_because: "El cambio está guardado. La vista previa sigue mostrando la última versión que se pudo generar.",
        stopped: "Su cambio se detuvo antes de terminar.",
        stopped_by_end: "La sesión de edición se cerró.",
        stopped_by_newer: "Un mensaje más reciente ocupó su lugar.",
        stopped_by_wish: "Alguien pidió que se detuviera.",
        crashed: "El editor falló tres veces con esto. Lo que había antes no ha cambiado.",
        no_workspace: "El editor no puede trabajar en este momento; no se ha cambiado nada.",
        no_repository: "No se puede acceder a los archivos del sitio web en este momento; no se ha cambiado nada.",
        no_files: "El editor no pudo leer los archivos que llegaron con su mensaje; no se ha cambiado nada.",
        not_yet,
        never_started: "El editor no se pudo iniciar durante un día entero. No se ha cambiado nada.",
        stopped_earlier: |words| {
            format!(
                "Su mensaje anterior se detuvo para atender este: «{words}». Lo que se hizo de él está guardado; envíelo de nuevo para que se termine."
            )
        },
        forked: "Ha dado otro asunto a su respuesta, así que con ella ha empezado una conversación aparte, a partir del sitio web tal como está publicado. Para seguir con su cambio anterior, responda al correo que trata de él.",
    },
    notes: Notes {
        arrived: "Su mensaje ha llegado.",
        arrived_because: "Tarda un poco más de lo habitual. Recibirá otro correo en cuanto haya un resultado.",
        kept: "Su mensaje está guardado; el trabajo aún no ha podido empezar.",
        kept_until: |until| {
            format!(
                "El editor de su sitio web no se pudo iniciar. No se ha perdido nada: se vuelve a intentar automáticamente hasta el {until}, y recibirá otro correo con el resultado."
            )
        },
        at,
    },
    refused,
    left_out,
    confirm: ConfirmText {
        subject: "¿Ha escrito usted esto?",
        headline: "Ha llegado un mensaje en su nombre. ¿Lo ha escrito usted?",
        what: "Pide un cambio en su sitio web, pero no se ha podido demostrar que sea suyo, así que no se ha hecho nada. El mensaje mismo no está en este correo, porque puede haberlo escrito un desconocido. El enlace lo muestra.",
        how: "Abra el enlace, lea el mensaje y diga si es suyo. Antes no ocurre nada, y a las 24 horas el enlace deja de ser válido. Si hoy llegan más mensajes como este, también se muestran allí.",
        why: "Esto ocurre cuando un correo se reenvía por el camino, cuando pasa por una lista de correo o cuando se envía a través de un servidor que su dominio no reconoce como propio (SPF, DKIM y DMARC).",
        link: "Ver el mensaje",
        hints: [
            "La próxima vez, escriba directamente desde el buzón que se registró para usted.",
            "Si ocurre a menudo, pida a quien gestiona su correo que firme los mensajes con DKIM y configure DMARC para su dominio.",
            "Si el mensaje no es suyo, dígalo en el enlace, o no haga nada.",
        ],
    },
    help: HelpText {
        headline: "Así puede cambiar su sitio web por correo.",
        how: "Escriba con palabras sencillas qué debe ser diferente. Recibirá una respuesta con una vista previa; el sitio en línea queda como está hasta que alguien lo publique.",
        examples_title: "Por ejemplo",
        examples: [
            "Reemplace \"Abierto 9-17\" por \"Abierto 10-18\"",
            "Cambie el título a \"Contáctenos\"",
            "Añada un párrafo \"Cerrado los lunes.\"",
            "Elimine \"Menú de Navidad\"",
        ],
        words_title: "Palabras con las que puede responder",
        threads: "Una respuesta continúa el mismo cambio. Un correo nuevo empieza otro.",
    },
    status: StatusText {
        headline: |condition| match condition {
            Condition::Waiting => "Su último mensaje está esperando su turno.",
            Condition::Working => "Se está trabajando en su último mensaje.",
            Condition::Kept => {
                "Su último mensaje está guardado; el trabajo aún no ha podido empezar."
            }
            Condition::Done => "Su último mensaje está hecho.",
            Condition::Failed => "Su último mensaje no se pudo llevar a cabo.",
            Condition::Stopped => "El trabajo en su último mensaje se detuvo.",
        },
        nothing_yet: "Todavía no se ha pedido nada en esta conversación.",
        last_message: "Su último mensaje",
        last_answer: "El resultado",
        others: |count| match count {
            1 => "Otro mensaje sigue pendiente.".to_owned(),
            _ => format!("Otros {count} mensajes siguen pendientes."),
        },
        stopping: "Se está deteniendo el trabajo en su último mensaje.",
        stopping_because: "Lo hecho hasta ahora está guardado, y el sitio en línea no ha cambiado.",
        nothing_to_stop: "No había nada que detener: no se está trabajando en ningún mensaje de esta conversación.",
    },
};

fn at(when: When) -> String {
    let month = when.month_of([
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ]);
    format!(
        "{} de {month} de {} a las {:02}:{:02} (UTC)",
        when.day, when.year, when.hour, when.minute
    )
}

const NOT_DONE: &str = "Su mensaje no se ha llevado a cabo.";

fn refused(reason: RefusalReason) -> Refused {
    let (headline, because, hint) = match reason {
        RefusalReason::NotAMember => (
            NOT_DONE,
            "Esta dirección no está en la lista de personas que pueden cambiar este sitio web.",
            "Escriba desde la dirección que se registró para usted, o pida al propietario del sitio que añada esta.",
        ),
        RefusalReason::Viewer => (
            NOT_DONE,
            "Usted puede ver las vistas previas de este sitio web, pero no cambiarlo.",
            "Pida permiso de edición al propietario del sitio y envíe su mensaje de nuevo.",
        ),
        RefusalReason::NoSuchProject => (
            NOT_DONE,
            "No hay ningún sitio web en la dirección a la que escribió.",
            "Compruebe la dirección. Está en nuestro último correo, o la conoce el propietario del sitio.",
        ),
        RefusalReason::SeveralProjects => (
            "¿A qué sitio web se refiere?",
            "La dirección a la que escribió corresponde a más de un sitio web, así que no se ha cambiado nada.",
            "Envíe su mensaje de nuevo a la dirección del propio sitio web.",
        ),
        RefusalReason::EmptyMessage => (
            "Su mensaje no tenía texto.",
            "Las citas y las firmas no cuentan como instrucciones, y no había nada más.",
            "Responda con palabras sencillas qué desea cambiar.",
        ),
        RefusalReason::AttachmentsOnly => (
            "¿Qué hay que hacer con lo que ha enviado?",
            "Su mensaje tenía archivos o un correo reenviado, pero ninguna palabra suya, así que no se ha cambiado nada.",
            "Responda qué desea, por ejemplo: poner esta imagen en la parte superior de la página de inicio. Por favor, adjunte los archivos otra vez.",
        ),
        RefusalReason::Encrypted => (
            "No se pudo leer su mensaje.",
            "Está cifrado, y aquí no se pueden abrir correos cifrados.",
            "Envíelo de nuevo sin cifrar.",
        ),
        RefusalReason::TooMany => (
            "Su mensaje está guardado, pero no se ha ejecutado.",
            "Han llegado de su dirección más mensajes de los que suele escribir una persona, como si se respondieran máquinas. Todo lo que envió antes se ejecuta.",
            "Si es una persona: espere una hora y envíelo de nuevo. Hasta mañana solo se lo diremos esta vez.",
        ),
        RefusalReason::NotAPublisher => (
            NOT_DONE,
            "Solo las personas registradas para publicar pueden poner en línea este sitio web.",
            "Pida a una de ellas que lo haga, o al propietario del sitio que le registre.",
        ),
        RefusalReason::ProofToPublish => (
            NOT_DONE,
            "Para publicar debe estar demostrado que un correo es suyo, y su sistema de correo no lo demuestra (DMARC).",
            "Pida a quien gestiona su correo que configure DMARC y firme los mensajes con DKIM, o que publique otra persona.",
        ),
    };
    Refused {
        headline,
        because,
        hint,
    }
}

fn not_yet(action: Action) -> &'static str {
    match action {
        Action::Publish => "Aquí todavía no es posible publicar por correo.",
        Action::Undo { .. } => "Aquí todavía no es posible deshacer cambios por correo.",
        Action::Discard => "Aquí todavía no es posible descartar cambios por correo.",
        Action::Continue => "Aquí todavía no es posible continuar con una sola palabra.",
    }
}

fn left_out(reason: FileRefusal) -> &'static str {
    match reason {
        FileRefusal::Program => "No se aceptan programas.",
        FileRefusal::Script => "No se aceptan scripts.",
        FileRefusal::Archive => {
            "Los archivos comprimidos no se abren. Por favor, adjunte los archivos uno por uno."
        }
        FileRefusal::Macros => {
            "No se aceptan documentos con macros. Por favor, guárdelo sin macros, por ejemplo como .docx o .xlsx."
        }
        FileRefusal::ActiveSvg => {
            "Este SVG contiene scripts o carga algo de otro lugar. Por favor, expórtelo como SVG sencillo o como PNG."
        }
        FileRefusal::Tnef => {
            "Outlook ha empaquetado los adjuntos en un formato que solo Outlook puede leer. Por favor, envíe el correo como HTML o como texto sin formato."
        }
        FileRefusal::Encrypted => "El archivo está cifrado. Por favor, envíelo sin contraseña.",
        FileRefusal::Empty => "El archivo está vacío.",
        FileRefusal::TooLarge => "El archivo ocupa más de 20 MB.",
        FileRefusal::TooMany => "El correo tenía más de 25 archivos.",
        FileRefusal::TooLargeTogether => {
            "Los archivos de este correo ocupan en total más de 40 MB."
        }
        FileRefusal::NotScanned => {
            "No se pudo comprobar si el archivo contiene virus. Por favor, envíelo de nuevo dentro de un rato."
        }
    }
}
