//! Labels of header fields in the languages that mail clients speak, parted by `|`, in lower case.

/// Who wrote it.
pub(super) const FROM: &str = "\
    from|von|de|da|van|från|fra|od|от|від|de la|kimden|gönderen|από|feladó|lähettäjä|odesílatel|odosielateľ|\
    nadawca|saatja|nuo|no|frá|dari|từ|จาก|发件人|寄件者|寄件人|發件人|差出人|送信者|送信元|보낸 사람|보낸사람|보낸이|발신|발신자|من|מאת|expéditeur|\
    remitente|mittente|afzender|absender|avsändare|avsender|afsender|remetente|отправитель|відправник|expeditor|\
    pošiljatelj|tól";

/// When it was sent: said of mails only.
pub(super) const SENT: &str = "\
    sent|gesendet|envoyé|envoyé le|enviado|enviado el|enviado em|enviada em|enviada|inviato|verzonden|skickat|\
    sendt|wysłano|wysłane|отправлено|надіслано|lähetetty|odesláno|odoslané|elküldve|küldve|trimis|gönderildi|\
    gönderilme tarihi|gönderme tarihi|στάλθηκε|εστάλη|изпратено|poslano|послато|enviat|išsiųsta|nosūtīts|\
    saadetud|dikirim|đã gửi|ส่ง|发送时间|发送日期|傳送日期|傳送時間|寄件日期|送信日時|送信|보낸 날짜|보낸날짜|보낸 시간|보냄|발신일|발신일시|תאריך שליחה|נשלח|\
    تم الإرسال|تاريخ الإرسال|أُرسلت|sent on|date sent|gesendet am|envoyé à|sendt dato";

/// Its day: said of anything.
pub(super) const DATE: &str = "\
    date|message du|datum|fecha|data|dato|дата|päivä|päiväys|päivämäärä|dátum|dată|tarih|ημερομηνία|kuupäev|datums|dags|\
    dagsetning|tanggal|ngày|วันที่|日期|时间|時間|日時|日付|날짜|일시|התאריך|תאריך|التاريخ|date/time|date et heure|когда";

/// For whom it was.
pub(super) const TO: &str = "\
    to|an|à|a|para|aan|till|til|do|кому|vastaanottaja|komu|címzett|către|catre|kime|alıcı|προς|до|за|za|prima|\
    kam|kellele|saaja|adressaat|per a|kepada|đến|tới|ถึง|收件人|收件者|宛先|받는 사람|받는사람|수신|수신자|إلى|אל|destinataire|\
    destinatario|destinatário|empfänger|ontvanger|mottagare|mottaker|modtager|pour|adresat|per|získá|pre|кому/to";

/// Who got a copy.
pub(super) const CC: &str = "\
    cc|kopie|copie à|copie|copia|kopia|kopi|kopio|копия|копія|dw|másolat|bilgi|κοιν|κοινοποίηση|kópia|抄送|副本|참조|\
    نسخة|עותק|bcc|cci|cco|с копией|с.с.|ccn";

/// What it was about.
pub(super) const SUBJECT: &str = "\
    subject|betreff|objet|asunto|oggetto|onderwerp|ämne|emne|temat|assunto|тема|aihe|předmět|predmet|tárgy|\
    subiect|konu|thema|ogg|obj|subj|θέμα|относно|zadeva|assumpte|tema|temats|teema|efni|subjek|perihal|chủ đề|tiêu đề|เรื่อง|主题|主旨|\
    主題|件名|题目|제목|الموضوع|נושא|sujet|titulo|título|fwd subject";

/// What stands in such blocks besides.
pub(super) const OTHER: &str = "\
    reply-to|reply to|antwort an|répondre à|responder a|rispondi a|antwoord aan|importance|wichtigkeit|\
    priorität|priority|prioridad|priorité|importancia|prioriteit|importanza|belang|sensitivity|attachments|\
    attachment|anlagen|anlage|pièces jointes|adjuntos|datos adjuntos|allegati|bijlagen|załączniki|вложения|附件|\
    添付ファイル|첨부|organization|sender|resent-from|when|where|message-id|list-id|newsgroups|signed by|mailed-by|\
    вкладення|bilagor|vedlegg|vedhæftede filer|přílohy|priority/importance|ek|anexos|fichiers joints|\
    follow up flag|flag status|x-priority|重要性|优先级|org|return-path|sent by|gesendet von|envoyé par|sent-by|\
    x-mailer|user-agent|in-reply-to|references|content-type|mime-version|message id";
