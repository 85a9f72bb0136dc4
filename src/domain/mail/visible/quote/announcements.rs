//! Words that announce an original or a forwarded mail, parted by `|`, in lower case.

/// The mail that is answered.
pub(super) const ORIGINAL: &str = "\
    original message|original appointment|original e-mail|original email|original mail|originalnachricht|\
    ursprüngliche nachricht|ursprüngliche mail|ursprünglicher termin|original-nachricht|\
    originalnachricht anzeigen|message d'origine|message original|message initial|courriel original|\
    mail original|e-mail d'origine|mensaje original|correo original|messaggio originale|messaggio di origine|\
    oorspronkelijk bericht|origineel bericht|mensagem original|wiadomość oryginalna|oryginalna wiadomość|\
    treść oryginalnej wiadomości|ursprungligt meddelande|originalmeddelande|ursprungsmeddelande|\
    oprindelig meddelelse|original meddelelse|original besked|oprindelig besked|opprinnelig melding|\
    original melding|alkuperäinen viesti|исходное сообщение|исходное письмо|оригинал сообщения|\
    оригинальное сообщение|первоначальное сообщение|вихідне повідомлення|оригінал повідомлення|\
    початкове повідомлення|původní zpráva|původní e-mail|pôvodná správa|eredeti üzenet|eredeti levél|\
    mesaj original|mesajul original|orijinal mesaj|özgün ileti|orijinal ileti|özgün mesaj|αρχικό μήνυμα|\
    πρωτότυπο μήνυμα|оригинално съобщение|първоначално съобщение|izvorna poruka|originalna poruka|\
    оригинална порука|izvirno sporočilo|algne kiri|algne sõnum|originalus laiškas|pradinis pranešimas|\
    sākotnējais ziņojums|missatge original|upprunaleg skilaboð|pesan asli|thư gốc|tin nhắn gốc|ข้อความต้นฉบับ|\
    原始邮件|原始郵件|原邮件|原始信息|原始訊息|元のメッセージ|元のメール|オリジナルメッセージ|원본 메시지|원본 메일|원본메시지|원래 메시지|הודעה מקורית|ההודעה המקורית|\
    الرسالة الأصلية|رسالة أصلية|reply message|replied message|回复的原邮件|回复邮件信息";

/// A mail that is passed on.
pub(super) const FORWARD: &str = "\
    forwarded message|forwarded mail|forwarded email|forwarded e-mail|forwarded letter|forward message|\
    original forwarded message|weitergeleitete nachricht|weitergeleitete mail|weitergeleitete e-mail|\
    message transféré|message transmis|message réexpédié|courriel transféré|mensaje reenviado|correo reenviado|\
    messaggio inoltrato|messaggio inoltrata|mail inoltrata|doorgestuurd bericht|doorgestuurde e-mail|\
    mensagem encaminhada|mensagem reencaminhada|wiadomość przekazana|przekazana wiadomość|\
    przekazana dalej wiadomość|treść przekazanej wiadomości|vidarebefordrat meddelande|vidarebefordrat brev|\
    videresendt meddelelse|videresendt melding|videresendt besked|videresendt e-post|videresendt e-mail|\
    edelleenlähetetty viesti|välitetty viesti|edelleen lähetetty viesti|пересылаемое сообщение|\
    пересланное сообщение|перенаправленное сообщение|пересылаемое письмо|пересланное письмо|\
    переслане повідомлення|пересилане повідомлення|переадресоване повідомлення|přeposlaná zpráva|předaná zpráva|\
    preposlaná správa|továbbított üzenet|továbbított levél|mesaj redirecționat|mesaj redirectionat|\
    mesaj transmis|iletilen mesaj|iletilmiş mesaj|yönlendirilmiş mesaj|iletilen ileti|yönlendirilen ileti|\
    προωθημένο μήνυμα|μήνυμα που προωθήθηκε|препратено съобщение|proslijeđena poruka|prosleđena poruka|\
    прослеђена порука|posredovano sporočilo|edastatud kiri|edastatud sõnum|persiųstas laiškas|\
    peradresuotas laiškas|pārsūtīts ziņojums|missatge reenviat|áframsend skilaboð|pesan terusan|\
    pesan diteruskan|thư đã chuyển tiếp|thư được chuyển tiếp|ข้อความที่ส่งต่อ|转发的邮件|转发邮件|转发邮件信息|轉寄的郵件|轉寄郵件|\
    已轉寄郵件|转发信息|転送されたメッセージ|転送メッセージ|転送メール|전달된 메시지|전달된 메일|전달된메시지|הודעה שהועברה|הודעה מועברת|رسالة معاد توجيهها|\
    الرسالة المعاد توجيهها|رسالة معادة التوجيه|رسالة محولة";

/// What Apple Mail writes above a forwarded mail, before a colon and without rulers.
pub(super) const BEGIN_FORWARD: &str = "\
    begin forwarded message|anfang der weitergeleiteten nachricht|anfang der weitergeleiteten e-mail|\
    début du message transféré|début du message réexpédié|inicio del mensaje reenviado|\
    inizio messaggio inoltrato|inizio del messaggio inoltrato|begin doorgestuurd bericht|\
    início da mensagem reencaminhada|início da mensagem encaminhada|vidarebefordrat meddelande|\
    vidarebefordrat brev|start på videresendt meddelelse|start på videresendt melding|videresendt melding|\
    videresendt meddelelse|begynnelse på videresendt melding|välitetty viesti alkaa|\
    edelleenlähetetty viesti alkaa|välitetty viesti|początek przekazywanej wiadomości|\
    początek przekazanej wiadomości|rozpoczęcie przekazanej wiadomości|начало пересылаемого сообщения|\
    начало переадресованного сообщения|початок листа, що пересилається|початок переадресованого повідомлення|\
    začátek přeposílané zprávy|počiatok preposlanej správy|továbbított levél kezdete|továbbított üzenet kezdete|\
    început mesaj redirecționat|inceputul mesajului redirectionat|iletilmiş ileti başlangıcı|\
    iletilen ileti başlangıcı|αρχή προωθημένου μηνύματος|započni proslijeđenu poruku|\
    inici del missatge reenviat|下面是被转发的邮件|以下是转发的邮件|轉寄的郵件內容|以下為轉寄的郵件|下面是轉寄的郵件|開始轉寄郵件|转发的邮件开始|転送されたメッセージ|\
    전달된 메시지 시작|전달된 메시지|תחילת ההודעה שהועברה|بداية الرسالة المعاد توجيهها";
